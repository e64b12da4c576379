import { type AnyBedrockProxyError, isBedrockProxyError } from './errors/errors.ts';

/** The result of a call that does not throw: `if (result.ok)` narrows it to its value, else to its error. */
export type SafeResult<Value> =
  | { readonly ok: true; readonly value: Value; readonly error?: undefined }
  | { readonly ok: false; readonly error: AnyBedrockProxyError; readonly value?: undefined };

/** Catches only errors of this package. A bug in the program, for example in the code of a schema, is still thrown. */
export async function safely<Value>(work: () => Promise<Value>): Promise<SafeResult<Value>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (isBedrockProxyError(error)) {
      return { ok: false, error };
    }
    throw error;
  }
}
