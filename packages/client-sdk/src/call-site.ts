import { isBedrockProxyError } from './errors.ts';

/**
 * Does the work of a method, and puts the line of the program that called it on the stack of an error of this package:
 * the stack is full of the client's own frames where the error is made.
 */
export async function fromCallSite<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    // V8 follows `await` to the caller from here. Not every engine has it, whatever the types say.
    if (isBedrockProxyError(error)) {
      Error.captureStackTrace?.(error);
    }
    throw error;
  }
}
