"""Starts a program with a pid of the caller's choice: with_pid.py PID COMMAND...

Nobody else gets that number meanwhile, and the numbers that the kernel gives to others stay in their order. Hands SIGTERM on. Ends with 3
when the number is somebody's.
"""
import ctypes
import errno
import os
import signal
import struct
import sys

CLONE3 = 435


def main():
    pid, command = int(sys.argv[1]), sys.argv[2:]
    wanted = ctypes.c_int(pid)
    # struct clone_args: flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size
    arguments = struct.pack("10Q", 0, 0, 0, 0, signal.SIGCHLD, 0, 0, 0, ctypes.addressof(wanted), 1)
    libc = ctypes.CDLL(None, use_errno=True)
    started = libc.syscall(CLONE3, arguments, ctypes.c_size_t(len(arguments)))
    if started == 0:
        os.execvp(command[0], command)
    if started < 0:
        error = ctypes.get_errno()
        if error != errno.EEXIST:
            raise OSError(error, os.strerror(error))
        sys.exit(3)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(started, signal.SIGTERM))
    os.waitpid(started, 0)


main()
