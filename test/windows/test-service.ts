import { onTestFinished } from 'vitest';
import { type ServiceSetup, WineService } from './service.ts';
import type { Wine } from './wine.ts';

/** Installs a service that is stopped and deleted after the test. */
export async function installForTest(wine: Wine, setup: ServiceSetup): Promise<WineService> {
  const service = await WineService.install(wine, setup);
  onTestFinished(() => service.remove(), 60_000);
  return service;
}
