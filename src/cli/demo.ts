import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startAgent } from '../agent/agent.ts';
import { createFastClock } from '../agent/fast-clock.ts';
import { createLogger } from '../agent/logger.ts';
import { createDemoCollector, DEMO_HOSTS } from '../collector/demo/demo-collector.ts';
import { FLEET } from '../collector/demo/fleet.ts';
import type { Config } from '../config/config.ts';
import { loadDefaults, loadText } from '../config/load.ts';
import { systemErrorText } from '../core/error-codes/system-error.ts';
import type { Instant } from '../core/model.ts';
import { count, HOUR_MS } from '../core/units.ts';
import { createFolderNotifier, type WrittenMail } from '../notifier/folder.ts';
import { makeFolder } from '../store/make-folder.ts';
import { openStore } from '../store/sqlite.ts';
import { createDemoLog } from './demo-log.ts';
import { demoPolicyText } from './demo-policy.ts';
import { type Interrupt, untilInterrupted } from './interrupt.ts';
import type { CliIo } from './io.ts';

export interface DemoRequest {
  readonly port: number;
  readonly mailFolder: string;
  readonly hoursPerSecond: number;
}

/** Runs the whole agent on the built-in fleet until it is stopped. Exit codes: 0 stopped, 1 could not start. */
export async function demo(request: DemoRequest, io: CliIo): Promise<number> {
  const mailFolder = resolve(io.cwd, request.mailFolder);
  try {
    makeFolder(mailFolder);
  } catch (error) {
    io.stderr.write(
      `The mail folder ${mailFolder} cannot be made (${systemErrorText(error)}). Choose another with --mail-folder.\n`,
    );
    return 1;
  }
  const interrupt = untilInterrupted();
  const stateDir = mkdtempSync(join(tmpdir(), 'checkpoint-agent-demo-'));
  try {
    return await runDemo(request, io, { mailFolder, stateDir, interrupt });
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
    interrupt.dispose();
  }
}

interface DemoPlace {
  readonly mailFolder: string;
  readonly stateDir: string;
  readonly interrupt: Interrupt;
}

async function runDemo(request: DemoRequest, io: CliIo, place: DemoPlace): Promise<number> {
  const { mailFolder, stateDir, interrupt } = place;
  const startedAt = Date.now();
  const { clock, timers } = createFastClock(startedAt, request.hoursPerSecond * 3600);
  const logger = createLogger(clock, (line) => io.stderr.write(line));
  const opened = openStore({ stateDir, clock });
  if (!opened.ok) {
    io.stderr.write(`${opened.problem.message}\n`);
    return 1;
  }
  const log = createDemoLog(clock, (line) => io.stdout.write(line), logger);
  const olderMails = countMails(mailFolder);
  const mails: WrittenMail[] = [];
  const started = await startAgent(demoConfig(request, io, startedAt), {
    clock,
    timers,
    random: () => 0,
    logger: log.logger,
    machineName: 'demo',
    store: opened.store,
    createCollector: () => createDemoCollector(clock, startedAt),
    createNotifier: () =>
      createFolderNotifier({
        folder: mailFolder,
        onWritten(mail) {
          mails.unshift(mail);
          log.written(mail, join(request.mailFolder, mail.file));
        },
      }),
    writtenMails: () => mails,
    onView: log.viewed,
    eventLog: null,
  });
  if (!started.ok) {
    opened.store.close();
    io.stderr.write(`${started.message}\nFor the demo that is --port.\n`);
    return 1;
  }
  io.stdout.write(introduction(started.agent.url, request, olderMails));
  await interrupt.requested;
  await started.agent.stop();
  opened.store.close();
  return 0;
}

function demoConfig({ port }: DemoRequest, io: CliIo, startedAt: Instant): Config {
  const defaults = loadDefaults(io);
  const { policy, kindPresets } = loadText(demoPolicyText(startedAt), io);
  return {
    ...defaults,
    hosts: DEMO_HOSTS,
    policy,
    kindPresets,
    schedule: { type: 'every', everyMs: HOUR_MS, jitterMs: 0 },
    web: { ...defaults.web, port },
    mail: {
      smtp: {
        host: 'localhost',
        port: 25,
        tls: 'none',
        caFile: null,
        user: null,
        password: null,
        timeoutMs: 10_000,
      },
      from: 'checkpoint-agent@demo.example',
      to: ['virtualization@demo.example'],
      subjectPrefix: '[Hyper-V checkpoints]',
    },
  };
}

/** Mails of earlier demos: they stay, and numbers go on from theirs. */
function countMails(folder: string): number {
  return readdirSync(folder).filter((name) => name.endsWith('.eml')).length;
}

function introduction(
  url: string,
  { hoursPerSecond, mailFolder, port }: DemoRequest,
  olderMails: number,
): string {
  const pace = hoursPerSecond === 1 ? 'one hour passes' : `${hoursPerSecond} hours pass`;
  const check = port === 9753 ? '' : ` --url ${url}`;
  const older =
    olderMails === 0 ? '' : ` (${count(olderMails, 'older mail')} there; numbers go on from theirs)`;
  return [
    `hyperv-checkpoint-agent demo: ${count(DEMO_HOSTS.length, 'host')}, ${FLEET.length} virtual machines, ${pace} each second`,
    `  page      ${url}/`,
    `  metrics   ${url}/metrics`,
    `  check     npm run -s agent -- check${check}`,
    `  why       npm run -s agent -- explain LAB09${check}`,
    `  mails     ${mailFolder}${older}`,
    '  stop it with Ctrl+C',
    '',
  ].join('\n');
}
