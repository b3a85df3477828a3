import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/core/units.ts';
import { inventory, NOW } from '../../builders.ts';
import { findingsIn } from '../../policy.ts';
import { judgedVm } from './judged.ts';

const named = (name: string) => ({ name: 'SQL01', checkpoints: [{ name, ageMs: 8 * DAY_MS }] });

describe('lifetime-ignored', () => {
  it.each([
    'keep-until=01/02/2027',
    'keep until the patch is verified',
    'keep-until=2026-02-30',
    'keep-until=9999-12-31',
    'ttl=91d',
  ])('finds %s, and does not let it hide the age', (name) => {
    expect(judgedVm('lifetime-ignored', named(name))).toEqual([`info ${name}: declaration not used`]);
    expect(judgedVm('checkpoint-age', named(name))).toEqual([`critical ${name}: older than 7d`]);
  });

  it.each(['before patch', 'ttl=90d', 'keep-until=2026-12-01'])('has nothing to say about %s', (name) => {
    expect(judgedVm('lifetime-ignored', named(name))).toEqual([]);
  });

  it('lets an end that can be read count beside one that cannot', () => {
    const name = 'keep-until=01/02/2027 ttl=9d';
    expect(judgedVm('lifetime-ignored', named(name))).toEqual([`info ${name}: declaration not used`]);
    expect(judgedVm('checkpoint-age', named(name))).toEqual([]);
  });

  it('says what is wrong with it', () => {
    const found = findingsIn(inventory({ readAt: NOW, vms: [named('ttl=91d')] }), NOW);
    expect(found.find(({ rule }) => rule === 'lifetime-ignored')?.message).toBe(
      '"ttl=91d" at checkpoint "ttl=91d" of SQL01 is not used: it is further away than 90d, the longest that may be declared.',
    );
  });

  it.each(['[ckpt:never]', '[ckpt:tag=lab]'])('says that %s belongs into the notes of the VM', (notes) => {
    const vm = { name: 'A', checkpoints: [{ name: 'x', notes, ageMs: 8 * DAY_MS }] };
    const found = findingsIn(inventory({ readAt: NOW, vms: [vm] }), NOW);
    expect(found.find(({ rule }) => rule === 'lifetime-ignored')?.message).toBe(
      `"${notes}" at checkpoint "x" of A is not used: tags are read in the notes of the VM, not in those of a checkpoint.`,
    );
    expect(judgedVm('checkpoint-age', vm)).toEqual(['critical x: older than 7d']);
    expect(judgedVm('lifetime-ignored', { ...vm, notes: '[ckpt:ttl=10d]' })).toHaveLength(1);
  });

  it('says so of a lifetime that counts from a time that nobody knows', () => {
    const vm = { name: 'A', checkpoints: [{ name: 'x ttl=2d', createdAt: null }] };
    expect(judgedVm('lifetime-ignored', vm)).toEqual(['info x ttl=2d: declaration not used']);
  });
});
