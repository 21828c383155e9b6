import type { EventCategory } from "../../core/index.ts"

const actions: Readonly<Partial<Record<EventCategory, string>>> = {
  process:
    "execve execveat fork vfork clone clone3 exit exit_group kill tkill ptrace setns unshare memfd_create process_vm_readv process_vm_writev user_cmd dup dup2 dup3",
  network: "connect accept accept4 bind listen sendto recvfrom sendmsg recvmsg sendmmsg socket close_connection",
  file: "open openat openat2 open_by_handle_at creat rename renameat renameat2 link linkat symlink symlinkat unlink unlinkat truncate ftruncate chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat mkdir mkdirat rmdir mknod mknodat setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr utime utimes read write access_file",
  login:
    "login user_login user_logout user_auth user_start user_end user_acct user_err cred_acq cred_disp cred_refr ConsoleLogin",
  account:
    "add_user del_user add_group del_group user_mgmt user_chauthtok grp_mgmt grp_chauthtok acct_lock acct_unlock",
}

const categories: ReadonlyMap<string, EventCategory> = new Map(
  // The cast holds: the keys are those of the table.
  (Object.entries(actions) as [EventCategory, string][]).flatMap(([category, names]) =>
    names.split(" ").map((name) => [name, category] as const),
  ),
)

/** What an action is about. */
export const categoryOf = (action: string): EventCategory => categories.get(action) ?? "other"

/** System calls that change what a path names, whatever their arguments. */
export const changing: ReadonlySet<string> = new Set(
  "creat rename renameat renameat2 link linkat symlink symlinkat unlink unlinkat truncate ftruncate chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat mkdir mkdirat rmdir mknod mknodat setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr utime utimes write".split(
    " ",
  ),
)
