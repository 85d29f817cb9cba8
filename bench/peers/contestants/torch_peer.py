"""PyTorch on one thread. Speaks the protocol of protocol.ts; the argument is the folder of the data."""

import array
import json
import platform
import signal
import sys
import time

import torch
import torch.nn.functional as F

# As in model.ts.
VARIABLES, CATEGORIES = 20, 10
WIDTHS = [784, 512, 256, VARIABLES * CATEGORIES, 256, 512, 784]
CODE_LAYER = 2
RATE = 1e-3
CHECKED_STEPS = 20

# Calls that are shorter than this together are below what a clock can tell; nanoseconds.
SHORTEST_SAMPLE = 100_000


def read(name, *shape):
    """The start of a file, as many values as the shape needs; all of them without one."""
    values = array.array("f")
    with open(f"{sys.argv[1]}/{name}.f32", "rb") as file:
        values.frombytes(file.read())
    tensor = torch.frombuffer(values, dtype=torch.float32)
    if not shape:
        return tensor.clone()
    return tensor[: torch.Size(shape).numel()].clone().reshape(shape)


def gumbel_softmax(work):
    logits = read("logits", work["rows"], work["cols"])
    return {"F.gumbel_softmax": lambda: F.gumbel_softmax(logits, work["tau"])}


def gumbel_softmax_with_gradient(work):
    logits = read("logits", work["rows"], work["cols"]).requires_grad_()
    g = read("gradients", work["rows"], work["cols"])

    def run():
        logits.grad = None
        with torch.enable_grad():
            F.gumbel_softmax(logits, work["tau"]).backward(g)
        return logits.grad

    return {"F.gumbel_softmax, backward": run}


def gumbel(work):
    length = work["cols"]
    out = torch.empty(length)
    return {
        "-log of empty.exponential_": lambda: -torch.empty(length).exponential_().log(),
        "exponential_, log_, neg_ in place": lambda: out.exponential_().log_().neg_(),
    }


def normal(work):
    length = work["cols"]
    out = torch.empty(length)
    return {"torch.randn": lambda: torch.randn(length), "normal_ in place": lambda: out.normal_()}


def softmax(work):
    logits = read("logits", work["rows"], work["cols"])
    return {"torch.softmax": lambda: torch.softmax(logits, -1)}


def categorical(work):
    logits = read("logits", work["cols"])
    return {
        "torch.multinomial of softmax": lambda: torch.multinomial(torch.softmax(logits, -1), 1),
        "argmax and -log of exponential_": lambda: (logits - torch.empty_like(logits).exponential_().log_()).argmax(-1),
    }


def matmul(work):
    a = read("logits", work["rows"], work["cols"])
    b = read("gradients", work["cols"], work["cols"])
    return {"a @ b": lambda: a @ b}


class Training:
    """The network of examples/mnist-vae, from the given weights."""

    def __init__(self, work, foreach):
        self.tau = work["tau"]
        self.batches = read("images").reshape(-1, work["rows"], work["cols"])
        self.layers = []
        weights = read("weights")
        for inputs, outputs in zip(WIDTHS, WIDTHS[1:]):
            layer = torch.nn.Linear(inputs, outputs)
            count = inputs * outputs
            with torch.no_grad():
                layer.weight.copy_(weights[:count].reshape(inputs, outputs).T)
                layer.bias.zero_()
            weights = weights[count:]
            self.layers.append(layer)
        parameters = [each for layer in self.layers for each in layer.parameters()]
        self.optimizer = torch.optim.Adam(parameters, lr=RATE, foreach=foreach)
        self.steps = 0

    def images(self, step):
        return self.batches[step % len(self.batches)].clone()  # The copy that everybody makes of new images.

    def forward(self, images):
        x = images
        for i, layer in enumerate(self.layers):
            x = layer(x)
            if i == CODE_LAYER:
                logits = x.reshape(-1, VARIABLES, CATEGORIES)
                x = F.gumbel_softmax(logits, self.tau).flatten(1)
            elif i < len(self.layers) - 1:
                x = F.relu(x)
        return logits, F.binary_cross_entropy_with_logits(x, images, reduction="sum")

    def step(self):
        images = self.images(self.steps)
        self.steps += 1
        with torch.enable_grad():
            logits, distortion = self.forward(images)
            log_q = F.log_softmax(logits, -1)
            kl = (log_q.exp() * (log_q + torch.tensor(float(CATEGORIES)).log())).sum()
            self.optimizer.zero_grad(set_to_none=True)
            ((kl + distortion) / len(images)).backward()
        self.optimizer.step()

    def distortion(self):
        images = self.images(0)
        return self.forward(images)[1].item() / len(images)

    def check(self):
        before = self.distortion()
        for _ in range(CHECKED_STEPS):
            self.step()
        return torch.tensor([before, self.distortion()])


def training(work):
    def method(foreach):
        timed = Training(work, foreach)
        return timed.step, lambda: Training(work, foreach).check()

    return {"Adam": method(False), "Adam, foreach": method(True)}


IMPLEMENTATIONS = {
    "gumbelSoftmax": gumbel_softmax,
    "gumbelSoftmaxWithGradient": gumbel_softmax_with_gradient,
    "gumbel": gumbel,
    "normal": normal,
    "softmax": softmax,
    "categorical": categorical,
    "matmul": matmul,
    "training": training,
    "overhead": gumbel_softmax,
}


def timed(run, calls):
    start = time.perf_counter_ns()
    for _ in range(calls):
        run()
    return time.perf_counter_ns() - start


def turn(run, milliseconds):
    samples = []
    calls = 1
    end = time.perf_counter_ns() + milliseconds * 1_000_000
    while not samples or time.perf_counter_ns() < end:
        spent = timed(run, calls)
        if spent < SHORTEST_SAMPLE:
            calls *= 2
        else:
            samples.append(spent / calls)
    return samples


def write(path, tensor):
    with open(path, "wb") as file:
        array.array("f", tensor.detach().flatten().tolist()).tofile(file)


def blas():
    """The library of matrix products: with the reference one, PyTorch would be many times slower than it can be."""
    try:
        with open("/proc/self/maps") as maps:
            loaded = maps.read()
    except OSError:
        return "unknown"
    return next((name for name in ("mkl", "openblas", "blis", "atlas") if name in loaded), "reference")


def serve():
    # Ctrl-C reaches every process of the terminal; it is the parent that ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    torch.manual_seed(1)
    torch.set_grad_enabled(False)
    library = blas()
    hello = {"versions": {"torch": torch.__version__, "python": platform.python_version(), "blas": library}}
    if library == "reference":
        hello["note"] = "reference BLAS, so its matrix products are slow: install libopenblas0-pthread or the like"
    print(json.dumps(hello), flush=True)

    methods = []
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "prepare":
                implementation = IMPLEMENTATIONS.get(request["work"]["kind"])
                methods = list(implementation(request["work"]).items()) if implementation else []
                answer = {"methods": [label for label, _ in methods]}
            else:
                method = methods[request["method"]][1]
                run, result = method if isinstance(method, tuple) else (method, method)
                if request["do"] == "turn":
                    answer = {"samples": turn(run, request["milliseconds"])}
                else:
                    write(request["file"], result())
                    answer = {}
        except Exception as error:  # The parent decides what an error means.
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


serve()
