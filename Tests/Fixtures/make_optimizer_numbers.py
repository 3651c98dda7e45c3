#!/usr/bin/env python3
"""Reference numbers for the optimisers, computed by PyTorch in double precision.

    python3 make_optimizer_numbers.py optimizer_numbers.h5      (needs torch, numpy, h5py)

Ten steps on given gradients, for a dense block and for a table of which every step but the fourth touches some
rows: row 7 in no step, row 6 in all from the sixth on, row 5 in some with a gradient of zeros. The
dense block goes through torch.optim.SGD, Adam and Adagrad; the table through the same as a whole (its
untouched rows with gradients of zero), and, with sparse gradients, through torch.optim.SparseAdam.

SparseAdam adds epsilon to sqrt(v) before the correction of its bias, Algorithm 1 of the paper after. Its
epsilon is therefore set to epsilon sqrt(1 - beta2^t) before step t, which makes it Algorithm 1.

Then the same ten steps with penalties of the weights and of the touched rows in the loss, the gradient of all of it
clipped by torch.nn.utils.clip_grad_norm_; and learning rates by torch.optim.lr_scheduler.
"""
import sys

import h5py
import numpy as np
import torch

torch.set_default_dtype(torch.float64)
STEPS, DENSE, ROWS, WIDTH = 10, 37, 8, 3
L2_DENSE, L2_EMBEDDINGS, CLIP = 0.3, 0.2, 4.4
RATE, RATE_STEPS, WARMUP = 0.2, 30, 5
ADAGRAD_EPSILONS = {"defaults": 1e-10, "others": 1e-2}
CASES = {
    "defaults": dict(lr=0.05, betas=(0.9, 0.999), eps=1e-8),
    "others": dict(lr=0.02, betas=(0.6, 0.95), eps=1e-2),
}


def touched_rows(rng):
    steps = []
    for step in range(1, STEPS + 1):
        rows = {0} | {row for row in range(1, 6) if rng.random() < 0.5}
        if step >= 6:
            rows.add(6)
        steps.append(sorted(rows) if step != 4 else [])
    return steps  # row 7 never


def run(make, weight, gradients, before=lambda optimizer, step: None):
    parameter = torch.nn.Parameter(torch.tensor(weight))
    optimizer = make([parameter])
    for step, gradient in enumerate(gradients, 1):
        before(optimizer, step)
        parameter.grad = gradient
        optimizer.step()
    return parameter.detach().numpy(), optimizer.state[parameter]


def write(group, result):
    weight, state = result
    group["weights"] = weight
    for ours, torchs in (
        ("first_moment", "exp_avg"), ("second_moment", "exp_avg_sq"), ("sum_of_squares", "sum")):
        if torchs in state:
            group[ours] = state[torchs].to_dense().numpy()


def regularised(name, dense, table, dense_gradients, rows, whole):
    """Weights after ten steps on a loss with penalties, by SGD or Adam, and the norms before clipping."""
    weights, embeddings = (torch.nn.Parameter(torch.tensor(values)) for values in (dense, table))
    settings = CASES["defaults"]
    if name == "sgd":
        optimizers = [torch.optim.SGD([weights, embeddings], lr=settings["lr"])]
    else:
        lazy = torch.optim.SparseAdam([embeddings], **settings)
        optimizers = [torch.optim.Adam([weights], **settings), lazy]
    norms = []
    for step, own in enumerate(rows):
        touched = embeddings[own]
        loss = (weights * torch.tensor(dense_gradients[step])).sum() + (embeddings * whole[step]).sum()
        loss = loss + L2_DENSE / 2 * (weights**2).sum() + L2_EMBEDDINGS / 2 * (touched**2).sum()
        weights.grad = embeddings.grad = None
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_([weights, embeddings], CLIP).item())
        if name == "adam":
            index = torch.tensor([own], dtype=torch.int64)
            embeddings.grad = torch.sparse_coo_tensor(index, embeddings.grad[own], table.shape).coalesce()
            lazy.param_groups[0]["eps"] = settings["eps"] * (1 - settings["betas"][1] ** (step + 1)) ** 0.5
        for optimizer in optimizers:
            optimizer.step()
    return weights.detach().numpy(), embeddings.detach().numpy(), np.array(norms)


def rates(make):
    """The learning rates of the steps of a training that begins at RATE."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=RATE)
    schedule = make(optimizer)
    found = []
    for _ in range(RATE_STEPS):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return np.array(found)


def write_rates(group):
    schedule = torch.optim.lr_scheduler
    rise = lambda o: schedule.LinearLR(o, start_factor=1 / WARMUP, end_factor=1, total_iters=WARMUP - 1)
    step = lambda o: schedule.StepLR(o, step_size=7, gamma=0.5)
    line = lambda steps: lambda o: schedule.LinearLR(o, start_factor=1, end_factor=0, total_iters=steps)
    cosine = lambda steps: lambda o: schedule.CosineAnnealingLR(o, T_max=steps)
    group["steps"], group["linear"], group["cosine"] = (
        rates(make) for make in (step, line(RATE_STEPS), cosine(RATE_STEPS)))
    group["steps_warmup"] = rates(lambda o: schedule.ChainedScheduler([rise(o), step(o)]))
    for name, make in (("linear", line), ("cosine", cosine)):
        after = make(RATE_STEPS - WARMUP)
        group[f"{name}_warmup"] = rates(
            lambda o: schedule.SequentialLR(o, [rise(o), after(o)], milestones=[WARMUP]))


def main(path):
    rng = np.random.default_rng(31)
    dense = rng.normal(0, 0.5, DENSE)
    table = rng.normal(0, 0.5, (ROWS, WIDTH))
    rows = touched_rows(rng)
    dense_gradients = rng.normal(0, 1, (STEPS, DENSE)) * rng.choice([1e-3, 0.1, 1], DENSE)
    row_gradients = [rng.normal(0, 0.3, (len(own), WIDTH)) for own in rows]
    for step, (own, gradient) in enumerate(zip(rows, row_gradients)):
        if 5 in own and step % 2:
            gradient[own.index(5)] = 0
    torch.sparse.check_sparse_tensor_invariants.enable()
    whole = torch.zeros(STEPS, ROWS, WIDTH)
    sparse = []
    for step, (own, gradient) in enumerate(zip(rows, row_gradients)):
        whole[step, own] = torch.tensor(gradient)
        indices = torch.tensor([own], dtype=torch.int64)
        sparse.append(torch.sparse_coo_tensor(indices, torch.tensor(gradient), (ROWS, WIDTH)).coalesce())

    with h5py.File(path, "w", libver=("earliest", "v108"), track_order=False) as file:
        file.attrs["description"] = "Reference numbers of Tests/Fixtures/make_optimizer_numbers.py"
        file.attrs["torch"] = str(torch.__version__)
        file["dense/initial"], file["dense/gradients"] = dense, dense_gradients
        file["table/initial"], file["table/gradients"] = table, np.concatenate(row_gradients)
        file["table/rows"] = np.concatenate(rows).astype(np.int32)
        file["table/row_counts"] = np.array([len(own) for own in rows], dtype=np.int32)
        for name, settings in CASES.items():
            case = file.create_group(name)
            for key, value in zip(("rate", "beta1", "beta2", "epsilon"),
                                  (settings["lr"], *settings["betas"], settings["eps"])):
                case[key] = value

            def scale_epsilon(optimizer, step):
                optimizer.param_groups[0]["eps"] = settings["eps"] * (1 - settings["betas"][1] ** step) ** 0.5

            sgd = lambda p: torch.optim.SGD(p, lr=settings["lr"])
            adam = lambda p: torch.optim.Adam(p, **settings)
            adagrad = lambda p: torch.optim.Adagrad(p, lr=settings["lr"], eps=ADAGRAD_EPSILONS[name])
            case["adagrad_epsilon"] = ADAGRAD_EPSILONS[name]
            lazy = lambda p: torch.optim.SparseAdam(p, **settings)
            dense_steps = list(torch.tensor(dense_gradients))
            write(case.create_group("sgd/dense"), run(sgd, dense, dense_steps))
            write(case.create_group("adam/dense"), run(adam, dense, dense_steps))
            write(case.create_group("adagrad/dense"), run(adagrad, dense, dense_steps))
            write(case.create_group("sgd/table"), run(sgd, table, list(whole)))
            write(case.create_group("adagrad/table"), run(adagrad, table, list(whole)))
            write(case.create_group("adam/table"), run(lazy, table, sparse, scale_epsilon))
            # What lazily updated rows are not, unless every step since the first touches them.
            write(case.create_group("adam/table_dense"), run(adam, table, list(whole)))
        group = file.create_group("regularised")
        group["settings"] = np.array([L2_DENSE, L2_EMBEDDINGS, CLIP])
        for name in ("sgd", "adam"):
            weights, embeddings, norms = regularised(name, dense, table, dense_gradients, rows, whole)
            assert (norms > CLIP).any() and (norms < CLIP).any(), norms
            group[f"{name}/dense"], group[f"{name}/table"], group[f"{name}/norms"] = weights, embeddings, norms
        write_rates(file.create_group("rates"))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "optimizer_numbers.h5")
