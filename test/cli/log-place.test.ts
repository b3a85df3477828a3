import { expect, it } from 'vitest';
import { type LogPlace, logFile } from '../../src/cli/log-place.ts';
import { defaultConfigPath } from '../../src/config/paths.ts';
import { itElsewhere } from '../skip-on-windows.ts';

const LINUX = { platform: 'linux', cwd: '/home/op' };
const WINDOWS = { platform: 'win32', cwd: 'C:\\' };
const place = (more: Partial<LogPlace> = {}): LogPlace => {
  const configPath = defaultConfigPath({ ProgramData: 'C:\\ProgramData' }, 'win32');
  return { given: null, configured: null, configPath, hasServiceHost: false, ...more };
};

it('is standard error when nothing else is said, also on Windows', () => {
  expect(logFile(place(), LINUX)).toBeNull();
  expect(logFile(place(), WINDOWS)).toBeNull();
  expect(logFile(place({ hasServiceHost: true }), LINUX)).toBeNull();
});

it('is in a folder beside the configuration as a Windows service, wherever that is', () => {
  const asService = (configPath: string) => logFile(place({ hasServiceHost: true, configPath }), WINDOWS);
  expect(logFile(place({ hasServiceHost: true }), WINDOWS)).toBe(
    'C:\\ProgramData\\hyperv-checkpoint-agent\\logs\\agent.log',
  );
  expect(asService('D:\\Data\\agent.yml')).toBe('D:\\Data\\logs\\agent.log');
});

itElsewhere('is what the configuration says, and before that what the command line says', () => {
  const configured = '/var/log/agent.log';
  for (const hasServiceHost of [true, false]) {
    expect(logFile(place({ configured, hasServiceHost }), WINDOWS)).toBe(configured);
    expect(logFile(place({ configured, hasServiceHost, given: 'mine.log' }), LINUX)).toBe(
      '/home/op/mine.log',
    );
    expect(logFile(place({ configured, hasServiceHost, given: '-' }), LINUX)).toBeNull();
  }
});
