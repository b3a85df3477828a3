import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventsPage } from '../src/agent/events-page.ts';
import { cliPage } from '../src/cli/cli-page.ts';
import { doctorPage } from '../src/core/render/docs/doctor-page.ts';
import { errorsPage } from '../src/core/render/docs/errors-page.ts';
import { presetsPage } from '../src/core/render/docs/presets-page.ts';
import { rulesPage } from '../src/core/render/docs/rules-page.ts';
import { RULES } from '../src/core/rules/index.ts';
import { ROUTES } from '../src/exporter/routes.ts';
import { parseOnHv01 } from './config/fixture.ts';

describe('documentation', () => {
  it('describes the rules as they are', async () => {
    await expect(rulesPage()).toMatchFileSnapshot('../docs/rules.md');
  });

  it('describes the commands as they are', async () => {
    await expect(cliPage()).toMatchFileSnapshot('../docs/cli.md');
  });

  it('describes the presets as they are', async () => {
    await expect(presetsPage()).toMatchFileSnapshot('../docs/presets.md');
  });

  it('describes the checks of doctor as they are', async () => {
    await expect(doctorPage()).toMatchFileSnapshot('../docs/doctor.md');
  });

  it('teaches policy with configurations that are valid and mean what they say', () => {
    const page = readFileSync('docs/policy.md', 'utf8');
    const blocks = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, yaml]) => yaml ?? '');
    expect(blocks.length).toBeGreaterThan(5);
    for (const yaml of blocks) expect(parseOnHv01(yaml)).toMatchObject({ ok: true, warnings: [] });
  });

  it.each(globSync('config/examples/*.yml'))('shows %s as it is, without a warning', (file) => {
    const text = readFileSync(file, 'utf8');
    expect(parseOnHv01(text)).toMatchObject({ ok: true, warnings: [] });
    expect(readFileSync('docs/policy.md', 'utf8')).toContain(`\`\`\`yaml\n${text}\`\`\``);
  });

  it('describes the error codes as they are', async () => {
    await expect(errorsPage()).toMatchFileSnapshot('../docs/errors.md');
  });

  it('describes the events as they are', async () => {
    await expect(eventsPage()).toMatchFileSnapshot('../docs/events.md');
  });

  it('lists every path of the agent, and no other', () => {
    const rows = readFileSync('docs/http.md', 'utf8').matchAll(/^\| `(\/[^`?]*)` \|/gm);
    expect([...rows].map(([, path]) => path)).toEqual([...ROUTES.keys()]);
  });

  it.each(RULES.map(({ id }) => id))('has a file and a test of its own for the rule %s', (id) => {
    expect(existsSync(`src/core/rules/${id}.ts`)).toBe(true);
    expect(existsSync(`test/core/rules/${id}.test.ts`)).toBe(true);
  });

  it('shows in the README what the command there really prints', () => {
    const shown = readFileSync('test/fixtures/recordings-shown/small-office.txt', 'utf8');
    const lines = shown.split('\n');
    const table = lines.slice(0, lines.findIndex((line) => /looked at\.$/i.test(line)) + 1).join('\n');
    expect(readFileSync('README.md', 'utf8')).toContain(table);
  });

  it('links to files that exist', () => {
    const broken = globSync(['*.md', 'docs/**/*.md', 'test/**/README.md']).flatMap((page) => {
      const folder = page.slice(0, page.length - basename(page).length);
      const links = readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g);
      return [...links].map(([, target]) => `${folder}${target}`).filter((target) => !existsSync(target));
    });
    expect(broken).toEqual([]);
  });
});
