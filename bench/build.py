"""A fully cached build of 7 vertices, as a whole process.

The same steps three ways: `llb build` and `llb solve` on our side, `buildctl`
with the definition that llb compiled and with the Dockerfile frontend on the
other. One daemon, which has all of it cached before anything is measured.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time

import measure

LLB = os.environ["LLB"]
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
STEPS = 5  # with the folder and its unpacking, 7 vertices

PROGRAM = 'llb 1\n\ntarget default {\n    from scratch()\n' + \
    '    copy local(".", include=["rootfs.tar"]) "rootfs.tar" "/" unpack=true\n' + \
    '    env PATH="/usr/bin"\n' + \
    "".join('    run ["/bin/true", "%d"]\n' % i for i in range(STEPS)) + "}\n"

DOCKERFILE = "FROM scratch\nADD rootfs.tar /\nENV PATH=/usr/bin\n" + \
    "".join('RUN ["/bin/true", "%d"]\n' % i for i in range(STEPS))


def engine_path():
    found = subprocess.run([ROOT + "/scripts/engines", "buildkit"],
                           stdout=subprocess.PIPE, check=True, text=True)
    return found.stdout.strip() + ":" + os.environ["PATH"]


def start_daemon(folder, env):
    config = folder + "/buildkitd.toml"
    open(config, "w").close()
    address = "unix://" + folder + "/s"
    log = open(folder + "/log", "wb")
    daemon = subprocess.Popen(
        ["buildkitd", "--config", config, "--root", folder + "/root",
         "--addr", address, "--otel-socket-path", folder + "/otel",
         "--oci-worker=true", "--containerd-worker=false",
         "--oci-worker-net=host"], stdout=log, stderr=log, env=env)
    for _ in range(200):
        if os.path.exists(folder + "/s"):
            return daemon, address
        time.sleep(0.05)
    daemon.kill()
    sys.exit("bench: buildkitd does not start, see " + folder + "/log")


def measure_all(args, folder, env):
    project = folder + "/project"
    os.mkdir(project)
    subprocess.run([ROOT + "/scripts/rootfs", project + "/rootfs.tar"],
                   check=True)
    with open(project + "/build.llb", "w") as f:
        f.write(PROGRAM)
    with open(project + "/Dockerfile", "w") as f:
        f.write(DOCKERFILE)
    subprocess.run([LLB, "compile", "-o", project + "/def.pb"], cwd=project,
                   env=env, check=True)

    def command(*argv, **kwargs):
        return measure.Command(list(argv), cwd=project, env=env, **kwargs)

    build = command(LLB, "build", "--progress", "plain")
    solve = command(LLB, "solve", "--local", ".=.", "def.pb")
    buildctl = command("buildctl", "build", "--progress", "plain",
                       "--local", ".=.", stdin=project + "/def.pb")
    dockerfile = command("buildctl", "build", "--progress", "plain",
                         "--frontend", "dockerfile.v0", "--local", "context=.",
                         "--local", "dockerfile=.")
    measure.alternate([build, solve, buildctl, dockerfile], args.runs)

    report = measure.Report("build", args.json)
    report.compare("llb solve / buildctl", solve, buildctl)
    report.compare("llb build / buildctl", build, buildctl)
    report.compare("llb build / Dockerfile frontend", build, dockerfile)


def main():
    args = measure.options()
    folder = tempfile.mkdtemp(prefix="lb.", dir="/tmp")
    env = dict(os.environ, PATH=engine_path())
    daemon = None
    try:
        daemon, address = start_daemon(folder, env)
        env["LLB_ADDR"] = env["BUILDKIT_HOST"] = address
        measure_all(args, folder, env)
    finally:
        if daemon:
            daemon.terminate()
            daemon.wait()
        shutil.rmtree(folder, ignore_errors=True)


main()
