import { isBedrockProxyError } from './errors.ts';

/**
 * Remembers the line of the program that started a call, for an error of this package that comes later, from another
 * stack.
 */
export function rememberCallSite(): (error: unknown) => void {
  const made: { readonly stack?: string } = new Error();
  return (error) => {
    const [, ...frames] = made.stack?.split('\n') ?? [];
    if (isBedrockProxyError(error) && frames.length > 0) {
      error.stack = [`${error.name}: ${error.message}`, ...frames].join('\n');
    }
  };
}

/**
 * Does the work of a method, and puts the line of the program that called it on the stack of an error of this package.
 * Where the error is made, the stack is full of the client's own frames.
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
