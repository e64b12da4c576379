import { ProxyError } from '../../proxy-error.ts';

/** The refusal of a call; throws if it was admitted, or failed otherwise. */
export async function refusal(held: Promise<unknown>): Promise<ProxyError> {
  const error: unknown = await held.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProxyError)) throw error ?? new Error('The call was admitted.');
  return error;
}
