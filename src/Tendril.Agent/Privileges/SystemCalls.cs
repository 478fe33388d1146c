using System.Runtime.InteropServices;

namespace Tendril.Agent.Privileges;

/// <summary>A system call's number on each architecture; -1 where it has none.</summary>
internal readonly record struct SystemCall(string Name, short X64, short Arm64)
{
    /// <summary>The number here.</summary>
    public short Number => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? Arm64 : X64;
}

/// <summary>The system calls that a running agent has no use for. A test compares the numbers with the kernel's headers.</summary>
internal static class SystemCalls
{
    // Those of which some uses are needed.
    public static readonly SystemCall Bpf = new("bpf", 321, 280), Clone = new("clone", 56, 220), Clone3 = new("clone3", 435, 435), Kill = new("kill", 62, 129),
        Open = new("open", 2, -1), OpenAt = new("openat", 257, 56), OpenAt2 = new("openat2", 437, 437), SetNamespace = new("setns", 308, 268),
        Socket = new("socket", 41, 198), ThreadKill = new("tgkill", 234, 131);

    /// <summary>By which an agent that keeps a certificate of its own puts a new one in an older one's place.</summary>
    public static readonly SystemCall[] OfOwnFiles =
    [
        new("unlink", 87, -1), new("unlinkat", 263, 35), new("rename", 82, -1), new("renameat", 264, 38), new("renameat2", 316, 276), new("mkdir", 83, -1),
        new("mkdirat", 258, 34), new("fchmod", 91, 52),
    ];

    /// <summary>Refused whatever their arguments are.</summary>
    public static readonly SystemCall[] Unneeded =
    [
        // To run a program.
        new("execve", 59, 221), new("execveat", 322, 281), new("fork", 57, -1), new("vfork", 58, -1),

        // To reach into another process.
        new("ptrace", 101, 117), new("process_vm_readv", 310, 270), new("process_vm_writev", 311, 271), new("kcmp", 312, 272), new("pidfd_open", 434, 434),
        new("pidfd_getfd", 438, 438), new("pidfd_send_signal", 424, 424), new("tkill", 200, 130), new("rt_sigqueueinfo", 129, 138),
        new("rt_tgsigqueueinfo", 297, 240), new("process_madvise", 440, 440), new("process_mrelease", 448, 448),

        // To change a file, its name or who may use it.
        new("creat", 85, -1), new("truncate", 76, 45), new("rmdir", 84, -1), new("link", 86, -1), new("linkat", 265, 37),
        new("symlink", 88, -1), new("symlinkat", 266, 36), new("mknod", 133, -1), new("mknodat", 259, 33), new("chmod", 90, -1),
        new("fchmodat", 268, 53), new("fchmodat2", 452, 452), new("chown", 92, -1), new("fchown", 93, 55), new("lchown", 94, -1), new("fchownat", 260, 54),
        new("setxattr", 188, 5), new("lsetxattr", 189, 6), new("fsetxattr", 190, 7), new("setxattrat", 463, 463), new("removexattr", 197, 14),
        new("lremovexattr", 198, 15), new("fremovexattr", 199, 16), new("removexattrat", 466, 466), new("file_setattr", 469, 469),

        // Ways round the rules for opening files.
        new("open_by_handle_at", 304, 265), new("fanotify_init", 300, 262), new("io_uring_setup", 425, 425), new("io_uring_enter", 426, 426),
        new("io_uring_register", 427, 427),

        // To change what the system is made of.
        new("mount", 165, 40), new("umount2", 166, 39), new("pivot_root", 155, 41), new("chroot", 161, 51), new("move_mount", 429, 429),
        new("open_tree", 428, 428), new("open_tree_attr", 467, 467), new("fsopen", 430, 430), new("fsconfig", 431, 431), new("fsmount", 432, 432),
        new("fspick", 433, 433), new("mount_setattr", 442, 442), new("unshare", 272, 97), new("swapon", 167, 224), new("swapoff", 168, 225),
        new("quotactl", 179, 60), new("quotactl_fd", 443, 443), new("acct", 163, 89), new("init_module", 175, 105), new("finit_module", 313, 273),
        new("delete_module", 176, 106), new("kexec_load", 246, 104), new("kexec_file_load", 320, 294), new("reboot", 169, 142),
        new("sethostname", 170, 161), new("setdomainname", 171, 162), new("settimeofday", 164, 170), new("clock_settime", 227, 112),
        new("clock_adjtime", 305, 266), new("adjtimex", 159, 171), new("syslog", 103, 116), new("perf_event_open", 298, 241), new("userfaultfd", 323, 282),
        new("add_key", 248, 217), new("request_key", 249, 218), new("keyctl", 250, 219), new("personality", 135, 92), new("iopl", 172, -1),
        new("ioperm", 173, -1), new("modify_ldt", 154, -1), new("vhangup", 153, 58), new("lookup_dcookie", 212, 18),
    ];
}
