const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text is an id as Hyper-V gives them to VMs and checkpoints. */
export function isGuid(text: string): boolean {
  return GUID.test(text);
}
