/** Whether a name is that of a group managed service account, which ends in a dollar sign as that of a computer does. */
export function isManaged(account: string): boolean {
  return account.endsWith('$');
}
