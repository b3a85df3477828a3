import type { AgentChild, AgentEvents } from './agent-child.ts';
import { CONTROL, WIN32 } from './codes.ts';
import { failureText } from './failure-text.ts';
import type { HostLog } from './host-log.ts';
import { type Deed, type Life, type LifeEvent, type LifeSettings, step } from './life.ts';
import { type ServiceStatus, statusOf } from './status.ts';

/** The world a host lives in. */
export interface HostWorld {
  readonly monotonicMs: () => number;
  readonly log: HostLog;
  /** Tells the service control manager. @returns 0, or the error of Windows. */
  readonly report: (status: ServiceStatus) => number;
  /** `null` when it could not even be tried, which the events have been told. */
  readonly startAgent: (events: AgentEvents) => AgentChild | null;
  readonly exit: (code: number) => void;
  /** The agent sent something that is not about its life. */
  readonly heard: (message: unknown) => void;
  /** The service has failed; why, as a sentence. */
  readonly crashed: (text: string) => void;
}

export interface Host {
  /** The service control manager has called. */
  called(): void;
  /** @returns what Windows is answered. */
  control(control: number): number;
  /** Time has passed: shows progress, and keeps limits. */
  tick(): void;
  /** Ends the service at once, as failed. */
  fail(failure: number, reason: unknown): void;
}

/** Runs the agent as the service control manager asks. What happens is decided in life.ts; here it is done. */
export function createHost(settings: LifeSettings, world: HostWorld): Host {
  const { log } = world;
  let life: Life = { phase: 'waiting' };
  let agent: AgentChild | null = null;

  const happened = (event: LifeEvent): void => {
    const before = life;
    const next = step(life, event, world.monotonicMs(), settings);
    life = next.life;
    if (life.phase !== before.phase) log(phaseText(life));
    if (life !== before) tell(life);
    if (life.phase === 'stopped' && before.phase !== 'stopped' && life.failure !== null) {
      world.crashed(`The service has failed with code ${life.failure}: ${failureText(life.failure)}.`);
    }
    for (const deed of next.deeds) deeds[deed]();
  };
  const tell = (told: Life): void => {
    const status = statusOf(told);
    const error = status === null ? 0 : world.report(status);
    if (error !== 0) log(`the service control manager could not be told: error ${error}`);
  };
  const deeds: Readonly<Record<Deed, () => void>> = {
    'start-agent': () => {
      agent = world.startAgent({
        ready: () => happened({ type: 'ready' }),
        heard: world.heard,
        ended: (exitCode) => {
          log(exitCode === null ? 'the agent was killed' : `the agent ended with exit code ${exitCode}`);
          happened({ type: 'agent-ended', exitCode });
        },
        notStarted: (failure, error) => {
          log(`the agent could not be started: ${error.message}`);
          happened({ type: 'agent-not-started', failure });
        },
      });
      if (agent?.pid !== undefined) log(`the agent runs as process ${agent.pid}`);
    },
    'end-input': () => agent?.endInput(),
    'kill-agent': () => {
      if (agent === null) return;
      log('the agent is killed');
      agent.kill();
    },
    exit: () => world.exit(life.phase === 'stopped' ? (life.failure ?? 0) : 0),
  };

  return {
    called: () => happened({ type: 'called' }),
    control(control) {
      const name = STOPS[control];
      if (name !== undefined) {
        log(`asked to stop: ${name}`);
        happened({ type: 'stop-asked' });
        return WIN32.ok;
      }
      return control === CONTROL.interrogate ? WIN32.ok : WIN32.notImplemented;
    },
    tick: () => happened({ type: 'tick' }),
    fail(failure, reason) {
      log(`fault of the host: ${reason instanceof Error ? reason.stack : String(reason)}`);
      happened({ type: 'failed', failure });
    },
  };
}

const STOPS: Readonly<Record<number, string>> = {
  [CONTROL.stop]: 'stop',
  [CONTROL.shutdown]: 'shutdown',
  [CONTROL.preshutdown]: 'preshutdown',
};

function phaseText(life: Life): string {
  if (life.phase !== 'stopped') return life.phase;
  return life.failure === null
    ? 'stopped'
    : `stopped with code ${life.failure}: ${failureText(life.failure)}`;
}
