import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedByCommandLine, parseConfig, parseQuery } from '../../../src/cli/service/sc-output.ts';
import { COMMAND_LINE, CONFIG, CONFIG_GERMAN, RUNNING, RUNNING_GERMAN, stopped } from './sc-samples.ts';

describe('what sc.exe queryex prints', () => {
  it('is read by its numbers, in English and in German alike', () => {
    const running = { state: 4, win32ExitCode: 0, serviceExitCode: 0, pid: 4312 };
    expect(parseQuery(RUNNING)).toEqual(running);
    expect(parseQuery(RUNNING_GERMAN)).toEqual(running);
  });

  it('tells how a service ended, and that it has no process', () => {
    expect(parseQuery(stopped(1066, 78))).toEqual({
      state: 1,
      win32ExitCode: 1066,
      serviceExitCode: 78,
      pid: null,
    });
  });

  it('is unknown where it is something else', () => {
    const nothing = { state: null, win32ExitCode: null, serviceExitCode: null, pid: null };
    expect(parseQuery('')).toEqual(nothing);
    expect(parseQuery('[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\r\n')).toEqual(nothing);
    expect(parseQuery('   TYPE : 10\n   STATE : 99 NEW\n')).toEqual(nothing);
  });

  it('never matters by its words', () => {
    const words = fc.stringMatching(/^[A-Z_\u0080-\u00ff]{1,20}$/);
    fc.assert(
      fc.property(words, words, (label, word) => {
        const text = RUNNING.replace('STATE', label.replaceAll('$', '')).replace('RUNNING', word);
        expect(parseQuery(text)).toEqual(parseQuery(RUNNING));
      }),
    );
  });
});

describe('what sc.exe qc prints', () => {
  it('is read by the order of its lines', () => {
    expect(parseConfig(CONFIG)).toEqual({
      startType: 2,
      commandLine: COMMAND_LINE,
      account: 'NT SERVICE\\hyperv-checkpoint-agent',
    });
  });

  it('may have several dependencies, and letters whose code page is not known', () => {
    expect(parseConfig(CONFIG_GERMAN)).toEqual({
      startType: 3,
      commandLine: COMMAND_LINE,
      account: 'FIRMA\\pr?fung$',
    });
  });

  it('is unknown where lines are missing', () => {
    const nothing = { startType: null, commandLine: null, account: null };
    expect(parseConfig('[SC] OpenService FAILED 1060:\r\n')).toEqual(nothing);
    expect(parseConfig(CONFIG.slice(0, 300))).toEqual(nothing);
  });
});

it('the command line of the service tells which configuration and folders it uses', () => {
  expect(namedByCommandLine(COMMAND_LINE)).toEqual({
    config: 'D:\\Agent: data\\agent.yml',
    stateDir: 'D:\\Agent: data\\state',
    logDir: 'D:\\Agent: data\\logs',
  });
  expect(namedByCommandLine('C:\\nssm.exe run --config C:\\a.yml')).toEqual({
    config: 'C:\\a.yml',
    stateDir: null,
    logDir: null,
  });
});
