// The calls that rules speak of, by number; the kernel's tables (arch/*/entry/syscalls, uapi/asm-generic/unistd.h) hold the rest.
const x86_64 =
  "0 read,1 write,2 open,3 close,9 mmap,10 mprotect,16 ioctl,32 dup,33 dup2,41 socket,42 connect,43 accept,44 sendto,45 recvfrom,46 sendmsg,47 recvmsg,49 bind,50 listen,56 clone,57 fork,58 vfork,59 execve,60 exit,62 kill,76 truncate,77 ftruncate,80 chdir,82 rename,83 mkdir,84 rmdir,85 creat,86 link,87 unlink,88 symlink,90 chmod,91 fchmod,92 chown,93 fchown,94 lchown,101 ptrace,105 setuid,106 setgid,113 setreuid,114 setregid,117 setresuid,119 setresgid,132 utime,133 mknod,155 pivot_root,157 prctl,159 adjtimex,160 setrlimit,161 chroot,164 settimeofday,165 mount,166 umount2,169 reboot,170 sethostname,175 init_module,176 delete_module,188 setxattr,189 lsetxattr,190 fsetxattr,197 removexattr,198 lremovexattr,199 fremovexattr,200 tkill,227 clock_settime,231 exit_group,235 utimes,246 kexec_load,257 openat,258 mkdirat,259 mknodat,260 fchownat,263 unlinkat,264 renameat,265 linkat,266 symlinkat,268 fchmodat,272 unshare,288 accept4,292 dup3,298 perf_event_open,303 name_to_handle_at,304 open_by_handle_at,307 sendmmsg,308 setns,310 process_vm_readv,311 process_vm_writev,313 finit_module,316 renameat2,319 memfd_create,320 kexec_file_load,321 bpf,322 execveat,323 userfaultfd,435 clone3,437 openat2,452 fchmodat2"

const aarch64 =
  "5 setxattr,6 lsetxattr,7 fsetxattr,14 removexattr,15 lremovexattr,16 fremovexattr,23 dup,24 dup3,29 ioctl,33 mknodat,34 mkdirat,35 unlinkat,36 symlinkat,37 linkat,38 renameat,39 umount2,40 mount,41 pivot_root,45 truncate,46 ftruncate,49 chdir,51 chroot,52 fchmod,53 fchmodat,54 fchownat,55 fchown,56 openat,57 close,63 read,64 write,93 exit,94 exit_group,97 unshare,104 kexec_load,105 init_module,106 delete_module,112 clock_settime,117 ptrace,129 kill,130 tkill,142 reboot,143 setregid,144 setgid,145 setreuid,146 setuid,147 setresuid,149 setresgid,161 sethostname,164 setrlimit,167 prctl,170 settimeofday,171 adjtimex,198 socket,200 bind,201 listen,202 accept,203 connect,206 sendto,207 recvfrom,211 sendmsg,212 recvmsg,220 clone,221 execve,222 mmap,226 mprotect,241 perf_event_open,242 accept4,264 name_to_handle_at,265 open_by_handle_at,268 setns,269 sendmmsg,270 process_vm_readv,271 process_vm_writev,273 finit_module,276 renameat2,279 memfd_create,280 bpf,281 execveat,282 userfaultfd,294 kexec_file_load,435 clone3,437 openat2,452 fchmodat2"

const i386 =
  "1 exit,2 fork,3 read,4 write,5 open,6 close,8 creat,9 link,10 unlink,11 execve,12 chdir,14 mknod,15 chmod,16 lchown,26 ptrace,37 kill,38 rename,39 mkdir,40 rmdir,41 dup,63 dup2,83 symlink,92 truncate,93 ftruncate,94 fchmod,95 fchown,120 clone,128 init_module,129 delete_module,190 vfork,212 chown,252 exit_group,295 openat,296 mkdirat,297 mknodat,298 fchownat,301 unlinkat,302 renameat,303 linkat,304 symlinkat,306 fchmodat,310 unshare,330 dup3,346 setns,350 finit_module,353 renameat2,356 memfd_create,357 bpf,358 execveat,359 socket,361 bind,362 connect,363 listen,364 accept4,369 sendto,370 sendmsg,371 recvfrom,372 recvmsg,437 openat2"

/** All socket calls of 32-bit x86 were one, told apart by its first argument (uapi/linux/net.h). */
const socketCalls =
  "1 socket,2 bind,3 connect,4 listen,5 accept,9 send,11 sendto,12 recvfrom,16 sendmsg,17 recvmsg,18 accept4"

const read = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split(",").map((entry) => {
      const [number = "", name = ""] = entry.split(" ")
      return [number, name] as const
    }),
  )

/** By the value of `arch` (uapi/linux/audit.h). */
const byArch: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  ["c000003e", read(x86_64)],
  ["c00000b7", read(aarch64)],
  ["40000003", read(i386)],
])
const bySocketCall = read(socketCalls)
const socketcall = "102"

/** The name of a system call; undefined for one that is not in the tables. */
export function syscallName(arch: string, number: string, firstArgument: string | undefined): string | undefined {
  if (arch === "40000003" && number === socketcall)
    return bySocketCall.get(String(Number.parseInt(firstArgument ?? "", 16)))
  return byArch.get(arch)?.get(number)
}
