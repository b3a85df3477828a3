import { describe, expect, it } from 'vitest';
import { replayReport } from '../../../src/collector/replay.ts';
import { attributeVms, foldReport, unreadHost } from '../../../src/core/fold.ts';
import { checkLayers } from '../../../src/core/preflight/layers.ts';
import type { SeenVm } from '../../../src/core/rules/seen.ts';
import { asked, askedOf, error } from './asked.ts';

/** A VM of a recording. */
async function recorded(scenario: string, name: string): Promise<SeenVm> {
  const report = await replayReport(`test/fixtures/recordings/${scenario}.json`);
  if (report.status === 'failed') throw new Error(report.error.code);
  const host = foldReport(unreadHost(report.host), report, attributeVms(report));
  return askedOf({ ...host, vms: host.vms.filter(({ vm }) => vm.name === name) }).seen;
}

describe('AVHDX files', () => {
  it('are fine when there are none', () => {
    expect(checkLayers(asked().seen)).toEqual({
      id: 'layers',
      verdict: 'yes',
      text: 'it runs on no AVHDX file',
    });
  });

  it('are fine where checkpoints explain them all', () => {
    const checkpoints = [{ name: 'first' }, { name: 'second' }];
    expect(checkLayers(asked({ checkpoints }).seen)).toMatchObject({
      verdict: 'yes',
      text: 'a checkpoint explains every AVHDX file',
    });
  });

  it('forbid while the configuration of a checkpoint is lost', () => {
    expect(checkLayers(asked({ checkpoints: [{ name: 'x', kind: 'missing' }] }).seen)).toMatchObject({
      verdict: 'no',
      text: 'the configuration of checkpoint "x" is lost',
    });
  });

  it.each([
    ['hidden01', 'no checkpoint explains 3 AVHDX files'],
    ['between01', 'no checkpoint explains 3 AVHDX files'],
    ['below01', 'no checkpoint explains 2 AVHDX files'],
  ])('forbid when no checkpoint explains them: %s', async (name, text) => {
    expect(checkLayers(await recorded('unreferenced-layers', name))).toMatchObject({
      verdict: 'no',
      text: expect.stringContaining(text),
    });
  });

  it.each(['orphaned01', 'nochain01', 'mismatch01', 'corrupt01', 'cycle01'])(
    'forbid when their chain is broken: %s',
    async (name) => {
      expect(checkLayers(await recorded('broken-chain', name))).toMatchObject({
        verdict: 'no',
        text: expect.stringMatching(/^its chain of disk files is broken: /),
      });
    },
  );

  it.each([
    ['access-denied-files', 'bravo'],
    ['get-vhd-hangs', 'bravo'],
    ['cluster-node', 'smb01'],
    ['merging', 'backup01'],
  ])('are not known when they could not be followed: %s', async (scenario, name) => {
    expect(checkLayers(await recorded(scenario, name)).verdict).toBe('unknown');
  });

  it('are not blamed while the disks of a checkpoint are not known', () => {
    const { seen } = asked({ checkpoints: [{ name: 'first' }] });
    const checkpoints = seen.vm.checkpoints?.map((each) => ({ ...each, disks: null })) ?? null;
    const unattributed = { ...seen.chain, unattributedFiles: ['c:\\disk_0.avhdx'] };
    expect(checkLayers({ ...seen, vm: { ...seen.vm, checkpoints }, chain: unattributed }).verdict).toBe(
      'unknown',
    );
  });

  it.each([{ disks: null }, { checkpoints: null }])('are not known without %j', (spec) => {
    expect(checkLayers(asked(spec).seen).verdict).toBe('unknown');
  });

  it('are fine without any checkpoint, though the disk itself was left alone', () => {
    const { seen } = asked();
    const chain = { ...seen.chain, errors: [error('BUSY_SKIPPED', 'C:\\disk.vhdx')] };
    expect(checkLayers({ ...seen, chain }).verdict).toBe('yes');
  });
});
