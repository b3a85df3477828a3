import type { BuiltInKind, DiskFileType } from '../../core/model.ts';

/** Hours since the demo began; negative is before. */
export type Hours = number;

/** Something that happens to a VM of the demo. */
export type StoryEvent =
  | {
      readonly at: Hours;
      readonly do: 'take';
      readonly name: string;
      readonly kind?: BuiltInKind;
      readonly notes?: string;
      readonly memoryGib?: number;
    }
  /** The checkpoint is deleted and its files are merged at once. */
  | { readonly at: Hours; readonly do: 'delete'; readonly name: string }
  /** The checkpoint is deleted, but the merge fails: its files stay, and nothing explains them. */
  | { readonly at: Hours; readonly do: 'delete, but the merge fails'; readonly name: string }
  | { readonly at: Hours; readonly do: 'revert'; readonly name: string }
  /** The next disk of the story is attached, of which older checkpoints know nothing. */
  | { readonly at: Hours; readonly do: 'attach' }
  | { readonly at: Hours; readonly do: 'state'; readonly code: number; readonly name: string }
  /** From now on the disk files answer "in use", or answer again. */
  | { readonly at: Hours; readonly do: 'lock' | 'unlock' };

export interface StoryDisk {
  readonly virtualGib: number;
  readonly usedGib: number;
  readonly type: Exclude<DiskFileType, 'differencing' | 'unknown'>;
}

/** The life of one VM of the demo. */
export interface Story {
  readonly name: string;
  readonly host: string;
  readonly disks: readonly StoryDisk[];
  /** How fast each disk's running layer grows. */
  readonly gibPerDay: number;
  readonly events: readonly StoryEvent[];
  readonly replica?: boolean;
  /** Of the VM. */
  readonly notes?: string;
  /** As in `Vm.guestProductType`; a server unless it is said. */
  readonly productType?: number;
  readonly automaticCheckpoints?: boolean;
  /** Disks that are attached from the beginning; all unless it is said. */
  readonly attachedDisks?: number;
  /** Positions of disks that are shared with other VMs. */
  readonly sharedDisks?: readonly number[];
}

/** A span in which a host does not answer. */
export interface Outage {
  readonly host: string;
  readonly from: Hours;
  readonly until: Hours;
}
