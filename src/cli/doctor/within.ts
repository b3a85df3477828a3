import { type Found, found, notFound } from '../../core/doctor/facts.ts';
import { systemErrorText } from '../../core/error-codes/system-error.ts';
import { formatAge } from '../../core/units.ts';

/** Waits no longer than it may, whatever `work` does. Never rejects: what is not known is said so. */
export async function within<T>(
  limitMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T> | T,
): Promise<Found<T>> {
  const own = new AbortController();
  const { promise, resolve } = Promise.withResolvers<Found<T>>();
  const timer = setTimeout(() => {
    resolve(notFound(limitMs < 1000 ? 'no answer in time' : `no answer within ${formatAge(limitMs)}`));
    own.abort();
  }, limitMs);
  const stop = (): void => {
    resolve(notFound('it was stopped'));
    own.abort();
  };
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  Promise.resolve()
    .then(() => work(own.signal))
    .then(
      (value) => resolve(found(value)),
      (error) => resolve(notFound(systemErrorText(error))),
    );
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
