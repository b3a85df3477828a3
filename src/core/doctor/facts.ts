import type { CollectError, ErrorCode } from '../collect-error.ts';
import type { Instant } from '../model.ts';

/** A fact, or why it is not known: nobody could ask, or nobody answered in time. */
export type Found<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly why: string };

export function found<T>(value: T): Found<T> {
  return { known: true, value };
}

export function notFound(why: string): { readonly known: false; readonly why: string } {
  return { known: false, why };
}

/** All that the checks judge. Gathered elsewhere; nothing here is a secret. */
export interface DoctorFacts {
  readonly now: Instant;
  readonly program: ProgramFacts;
  readonly config: ConfigFacts;
  /** PowerShell, and what only it can tell. */
  readonly shell: Found<ShellFacts>;
  /** Why PowerShell told nothing; `null` when it did, or was not asked. */
  readonly shellError: CollectError | null;
  readonly reading: Found<ReadingFacts>;
  /** Patterns of the configuration that match nothing of what was read; `null` when not everything was. */
  readonly unmatched: Found<readonly FileProblem[] | null>;
  readonly port: Found<PortFacts>;
  readonly state: Found<StateFacts>;
  readonly paths: Found<readonly PathFacts[]>;
  readonly disks: Found<readonly DiskFacts[]>;
  /** `null` when no mail is configured. */
  readonly mail: Found<MailFacts | null>;
  /** `null` when there is no such service. */
  readonly service: Found<ServiceFacts | null>;
}

export interface ProgramFacts {
  readonly version: string;
  readonly platform: string;
  /** As Node.js names it: `x64`, `ia32`. */
  readonly arch: string;
  /** Whether Windows itself is a 64-bit one and this program is not. */
  readonly isEmulated: boolean;
  /** Such as `24.0.0`. */
  readonly node: string;
  /** Minutes by which the clock of this program is ahead of UTC. */
  readonly utcOffsetMin: number;
  readonly timeZone: string | null;
}

/** A problem of the configuration and its line. */
export interface FileProblem {
  readonly line: number | null;
  readonly path: string;
  readonly message: string;
}

export interface ConfigFacts {
  readonly path: string;
  /** `none`: there is no file and the defaults are used. */
  readonly status: 'read' | 'none' | 'wrong';
  readonly problems: readonly FileProblem[];
  readonly warnings: readonly FileProblem[];
  /** Of the defaults when it is wrong. */
  readonly collectorTimeoutMs: number;
  readonly scanIntervalMs: number;
  readonly stateDir: string;
}

export interface ShellFacts {
  readonly executable: string;
  readonly version: string | null;
  readonly is64Bit: boolean | null;
  readonly languageMode: string | null;
  readonly account: AccountFacts;
  /** Scopes in the order in which they count. */
  readonly policies: readonly { readonly scope: string; readonly policy: string }[] | null;
  /** `Running`, `Stopped`, `Missing` and so on. */
  readonly vmms: string | null;
  /** Version; empty when it is not installed, `null` when that is not known. */
  readonly hyperVModule: string | null;
  /** SIDs of the members; `null` where they cannot be listed. */
  readonly hyperVAdministrators: readonly string[] | null;
  readonly eventLogReaders: readonly string[] | null;
  /** Of a service with an account from the directory; `null` where it could not be looked up. */
  readonly serviceAccountSid: string | null;
  readonly eventSource: boolean | null;
  readonly durationMs: number;
}

export interface AccountFacts {
  readonly name: string | null;
  readonly isAdministrator: boolean | null;
  /** Whether it is one whose rights User Account Control holds back. */
  readonly isHeldBack: boolean | null;
  readonly isHyperVAdministrator: boolean | null;
  readonly isEventLogReader: boolean | null;
}

export interface ReadingFacts {
  readonly host: string;
  readonly durationMs: number;
  /** Why nothing was read; `null` when it was. */
  readonly error: CollectError | null;
  readonly vms: number;
  readonly checkpoints: number;
  /** What went wrong with parts, by code. */
  readonly troubles: readonly Trouble[];
  /** How far the clock of the host is ahead of the agent's; `null` when nothing was read. */
  readonly clockAheadMs: number | null;
  readonly utcOffsetMin: number | null;
  readonly timeZone: string | null;
}

export interface Trouble {
  readonly code: ErrorCode;
  readonly count: number;
  /** What the first of them is about. */
  readonly first: string | null;
}

export interface PortFacts {
  readonly host: string;
  readonly port: number;
  readonly answer:
    | { readonly who: 'agent'; readonly version: string }
    | { readonly who: 'other'; readonly said: string }
    /** Nobody, and it can be listened at. */
    | { readonly who: 'nobody' }
    /** Nobody, and it cannot be listened at; or nobody knows. */
    | { readonly who: 'unusable'; readonly why: string };
}

export interface StateFacts {
  readonly folder: string;
  readonly folderIs: 'there' | 'missing' | 'no folder';
  /** `null` where the system does not tell, as on Windows. */
  readonly isWritable: boolean | null;
  /** Whether an agent runs on it. */
  readonly isLocked: boolean | null;
  readonly database: 'good' | 'missing' | 'damaged' | 'newer' | 'unknown';
}

/** What somebody besides the agent should not read, and who may. */
export interface PathFacts {
  readonly path: string;
  readonly what: 'state' | 'configuration' | 'password' | 'log';
  readonly isThere: boolean;
  /** Rights of others, where the system has such: the last three digits of the mode. */
  readonly mode: number | null;
  /** Owner and access list, on Windows. */
  readonly sddl: string | null;
}

export interface DiskFacts {
  readonly path: string;
  readonly what: 'state' | 'log';
  readonly freeBytes: number;
}

export interface MailFacts {
  readonly server: string;
  readonly port: number;
  readonly tls: 'starttls' | 'implicit' | 'opportunistic' | 'none';
  /** Why no mail could be sent, in words and without secrets; `null` when it could. */
  readonly failure: string | null;
  /** `none`: no login is configured; `not asked`: one is, but it did not come to it, or the server offers none. */
  readonly login: 'done' | 'none' | 'not asked';
  readonly certificate: CertificateFacts | null;
  /** Such as `TLSv1.3`; `null` for a connection in clear. */
  readonly protocol: string | null;
}

export interface CertificateFacts {
  readonly names: readonly string[];
  readonly validToAt: Instant | null;
  /** Why it is not trusted; `null` when it is. */
  readonly fault: string | null;
}

export interface ServiceFacts {
  readonly name: string;
  /** As the service control manager numbers it: 1 stopped, 4 running. */
  readonly state: number | null;
  readonly stateText: string;
  /** Why it stopped; `null` when nothing went wrong. */
  readonly endText: string | null;
  /** 2 automatic, 3 by hand, 4 disabled. */
  readonly startType: number | null;
  readonly account: string | null;
  /** Of `NT SERVICE\NAME`. */
  readonly sid: string;
  /** What its command line names; `null` for what it leaves to the defaults. */
  readonly config: string | null;
  readonly stateDir: string | null;
}
