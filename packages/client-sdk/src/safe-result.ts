import { type AnyBedrockProxyError, isBedrockProxyError } from './errors/errors.ts';

/** What became of a call that does not throw: `if (result.ok)` narrows to its value, else to its error. */
export type SafeResult<Value> =
  | { readonly ok: true; readonly value: Value; readonly error?: undefined }
  | { readonly ok: false; readonly error: AnyBedrockProxyError; readonly value?: undefined };

/** Catches the errors of this package alone: a mistake in the program, such as in a schema's code, is still thrown. */
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
