import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/units.ts';
import { scenario } from '../../scenario.ts';

describe('one alert, one life', () => {
  it('is told when it begins, when it gets worse and when it ends, and once each', () => {
    scenario()
      .scan('baseline()')
      .has('SQL01', 'warning', 'hv01')
      .scan('new SQL01')
      .scans(5)
      .has('SQL01', 'critical', 'hv01')
      .scan('worse SQL01')
      .scans(5)
      .has('SQL01', 'gone', 'hv01')
      .scan()
      .scan('resolved SQL01')
      .scans(5);
  });

  it('says nothing of an info, and calls it new when it becomes a warning', () => {
    scenario()
      .has('SQL01', 'info', 'hv01')
      .scan('baseline()')
      .scans(3)
      .has('SQL01', 'warning', 'hv01')
      .scan('new SQL01')
      .has('SQL01', 'info', 'hv01')
      .scan()
      .scan('resolved SQL01')
      .scans(3);
  });

  it('begins again after it was told to be over', () => {
    scenario()
      .has('SQL01', 'warning', 'hv01')
      .scan('baseline(SQL01)')
      .has('SQL01', 'fine', 'hv01')
      .scans(2, 'resolved SQL01')
      .has('SQL01', 'warning', 'hv01')
      .scan('new SQL01');
  });

  it('does not end at a single look that misses it', () => {
    scenario()
      .has('SQL01', 'warning', 'hv01')
      .scan('baseline(SQL01)')
      .has('SQL01', 'fine', 'hv01')
      .scan()
      .has('SQL01', 'warning', 'hv01')
      .scan()
      .has('SQL01', 'fine', 'hv01')
      .scan()
      .has('SQL01', 'warning', 'hv01')
      .scan();
  });

  it('forgets what ended before anybody was told that it began', () => {
    const s = scenario().mail(false).has('SQL01', 'critical', 'hv01').scans(3);
    expect(s.alerts).toHaveLength(1);
    s.has('SQL01', 'gone', 'hv01').scans(2);
    expect(s.alerts).toEqual([]);
    s.mail(true).scan('baseline()').scans(3);
  });
});

describe('mails that could not be written down', () => {
  it('are owed until they are', () => {
    scenario()
      .has('SQL01', 'warning', 'hv01')
      .scan('baseline(SQL01)')
      .mail(false)
      .has('SQL01', 'gone', 'hv01')
      .has('WEB07', 'critical', 'hv01')
      .scans(5)
      .mail(true)
      .scan('new WEB07', 'resolved SQL01')
      .scans(3);
  });

  it('are not owed any more when what they would say is no longer so', () => {
    scenario()
      .has('SQL01', 'warning', 'hv01')
      .scan('baseline(SQL01)')
      .mail(false)
      .has('SQL01', 'fine', 'hv01')
      .scans(2)
      .has('SQL01', 'warning', 'hv01')
      .scan()
      .mail(true)
      .scans(3);
  });
});

it('says when it ended, not when that could be told', () => {
  const s = scenario().has('SQL01', 'warning', 'hv01').scan('baseline(SQL01)');
  s.mail(false).has('SQL01', 'gone', 'hv01').scans(2);
  const [ended] = s.alerts;
  expect(ended?.endedAt).toBeTypeOf('number');
  s.scans(3);
  expect(s.alerts).toEqual([ended]);
});

describe('better and worse again', () => {
  it('is silent while a value swings around the critical limit', () => {
    const s = scenario().has('SQL01', 'critical', 'hv01').scan('baseline(SQL01)');
    for (let swing = 0; swing < 10; swing += 1) {
      s.has('SQL01', 'warning', 'hv01').scans(2).has('SQL01', 'critical', 'hv01').scans(2);
    }
  });

  it('tells of the second crisis when the first was over for a day', () => {
    scenario()
      .has('SQL01', 'critical', 'hv01')
      .scan('baseline(SQL01)')
      .has('SQL01', 'warning', 'hv01')
      .scan()
      .waits(DAY_MS)
      .scan()
      .has('SQL01', 'critical', 'hv01')
      .scan('worse SQL01');
  });
});

describe('a clock that was ahead and is set right', () => {
  it('does not put off that a host is missed', () => {
    scenario()
      .scan('baseline()')
      .waits(-400 * DAY_MS)
      .restarts()
      .host('hv01', 'down')
      .scan()
      .waits(HOUR_MS)
      .scan('new hv01');
  });

  it('does not put off that a second crisis is told', () => {
    scenario()
      .has('SQL01', 'critical', 'hv01')
      .scan('baseline(SQL01)')
      .has('SQL01', 'warning', 'hv01')
      .scan()
      .waits(-400 * DAY_MS)
      .scan()
      .waits(DAY_MS)
      .scan()
      .has('SQL01', 'critical', 'hv01')
      .scan('worse SQL01');
  });
});

describe('absence proves nothing unless the look was complete', () => {
  it('keeps the alerts of a host that cannot be read', () => {
    scenario()
      .has('SQL01', 'warning', 'hv01')
      .scan('baseline(SQL01)')
      .host('hv01', 'down')
      .has('SQL01', 'gone', 'hv01')
      .scans(2)
      .waits(HOUR_MS)
      .scan('new hv01')
      .scans(10)
      .host('hv01', 'up')
      .scan('resolved hv01')
      .scan('resolved SQL01');
  });

  it('keeps the alerts of a VM that cannot be read, and of no other', () => {
    scenario()
      .has('SQL01', 'warning', 'hv01')
      .has('WEB07', 'warning', 'hv01')
      .scan('baseline(SQL01 WEB07)')
      .has('SQL01', 'gone', 'hv01')
      .unreadable('SQL01')
      .has('WEB07', 'gone', 'hv01')
      .scans(2, 'resolved WEB07')
      .scans(5)
      .readable('SQL01')
      .scan()
      .scan('resolved SQL01');
  });

  it('counts looks in a row: an unreadable one in between neither counts nor starts over', () => {
    scenario()
      .has('SQL01', 'warning', 'hv01')
      .scan('baseline(SQL01)')
      .has('SQL01', 'gone', 'hv01')
      .scan()
      .unreadable('SQL01')
      .scans(3)
      .readable('SQL01')
      .scan('resolved SQL01');
  });

  it('believes that a VM is gone only when every host was read', () => {
    scenario()
      .has('SQL01', 'warning', 'hv01')
      .scan('baseline(SQL01)')
      .has('SQL01', 'warning')
      .host('hv02', 'down')
      .scans(2)
      .host('hv02', 'partly')
      .scans(3)
      .host('hv02', 'up')
      .scan()
      .scan('resolved SQL01');
  });

  it('resolves nothing from what it remembers after a restart', () => {
    scenario()
      .has('SQL01', 'warning', 'hv01')
      .scan('baseline(SQL01)')
      .has('SQL01', 'gone', 'hv01')
      .scan()
      .host('hv01', 'down')
      .restarts()
      .scans(2)
      .host('hv01', 'up')
      .scan('resolved SQL01');
  });
});

describe('live migration', () => {
  it.each([
    ['seen on both hosts for a scan', ['hv01', 'hv02']],
    ['seen on neither for a scan', []],
  ])('is silent when the VM is %s', (_, meanwhile) => {
    scenario()
      .has('SQL01', 'warning', 'hv01')
      .scan('baseline(SQL01)')
      .has('SQL01', 'warning', ...meanwhile)
      .scan()
      .has('SQL01', 'warning', 'hv02')
      .scans(4);
  });

  it('ends the alert by the VM itself on its new host, though the old one is down', () => {
    scenario()
      .has('SQL01', 'warning', 'hv01')
      .scan('baseline(SQL01)')
      .host('hv01', 'down')
      .has('SQL01', 'gone', 'hv02')
      .scan()
      .scan('resolved SQL01');
  });

  it('does not take a replica for its primary, though they share an id', () => {
    scenario()
      .has('SQL01', 'fine', 'hv01')
      .replica('SQL01', 'warning', 'hv02')
      .scan('baseline(SQL01)')
      .host('hv02', 'down')
      .scan()
      .scan()
      .has('SQL01', 'warning', 'hv01')
      .host('hv02', 'up')
      .scan('new SQL01');
  });
});

describe('a replica', () => {
  it('is not ended by a look at its primary', () => {
    scenario()
      .has('SQL01', 'fine', 'hv01')
      .replica('SQL01', 'warning', 'hv02')
      .scan('baseline(SQL01)')
      .replica('SQL01', 'gone', 'hv02')
      .unreadable('SQL01@replica')
      .scans(4)
      .readable('SQL01@replica')
      .scan()
      .scan('resolved SQL01');
  });
});

describe('the baseline', () => {
  it('is one notification that tells of everything', () => {
    scenario()
      .has('SQL01', 'critical', 'hv01')
      .has('WEB07', 'warning', 'hv02')
      .has('APP03', 'info', 'hv02')
      .scan('baseline(SQL01 WEB07)')
      .scans(5);
  });

  it('comes again when the database was lost, and once', () => {
    scenario()
      .has('SQL01', 'critical', 'hv01')
      .scan('baseline(SQL01)')
      .forgets()
      .scan('baseline(SQL01)')
      .scans(3);
  });

  it('comes with the first mail when mail is configured later', () => {
    scenario()
      .mail(false)
      .has('SQL01', 'critical', 'hv01')
      .scans(5)
      .mail(true)
      .scan('baseline(SQL01)')
      .scans(3);
  });

  it('picks up the findings of a host that was down as new', () => {
    scenario()
      .has('SQL01', 'critical', 'hv01')
      .has('WEB07', 'warning', 'hv02')
      .host('hv02', 'down')
      .scan('baseline(SQL01)')
      .host('hv02', 'up')
      .scan('new WEB07');
  });

  it('waits until a host was read, or there is an alert that none was', () => {
    scenario()
      .host('hv01', 'down')
      .host('hv02', 'down')
      .scans(3)
      .waits(HOUR_MS)
      .scan('baseline(hv01 hv02)')
      .host('hv01', 'up')
      .scan('resolved hv01');
  });
});
