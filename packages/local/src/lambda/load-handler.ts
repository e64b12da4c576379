import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { streamingOptions } from './awslambda.ts';
import type { HandlerContext } from './context.ts';
import type { ResponseStream } from './response-stream.ts';

/** A handler that returns its whole response. */
export type BufferedHandler = (event: unknown, context: HandlerContext) => unknown;

export type StreamingHandler = (
  event: unknown,
  responseStream: ResponseStream,
  context: HandlerContext,
) => unknown;

export type Handler =
  | { readonly kind: 'buffered'; readonly run: BufferedHandler }
  /** `highWaterMark` is in bytes. */
  | {
      readonly kind: 'streaming';
      readonly run: StreamingHandler;
      readonly highWaterMark: number | undefined;
    };

/** The deployment package has no such handler. `name` is Lambda's error type. */
export class HandlerError extends Error {
  override readonly name: string;

  constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

const extensions = ['.js', '.mjs', '.cjs'];

/**
 * Imports `file.export` from a deployment package, as the Node.js runtime of Lambda does.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
export async function loadHandler(directory: string, handler: string): Promise<Handler> {
  const dot = handler.lastIndexOf('.');
  const [module, name] = [handler.slice(0, dot), handler.slice(dot + 1)];
  const file = extensions
    .map((extension) => path.join(directory, module + extension))
    .find((candidate) => existsSync(candidate));
  if (file === undefined) {
    throw new HandlerError('Runtime.ImportModuleError', `Error: Cannot find module '${module}'`);
  }
  const exported = exportOf(await importFile(file), name);
  if (typeof exported !== 'function') {
    throw new HandlerError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  const streaming = streamingOptions(exported);
  if (streaming !== undefined) {
    if (streaming.kind !== 'response') {
      throw new HandlerError('Runtime.MalformedStreamingHandler', 'Only response streaming is supported.');
    }
    return {
      kind: 'streaming',
      run: (...parameters) => Reflect.apply(exported, undefined, parameters),
      highWaterMark: streaming.highWaterMark,
    };
  }
  if (exported.length > 2) {
    throw new HandlerError(
      'Runtime.CallbackHandlerDeprecated',
      'nodejs24.x has no callbacks: the handler must take two parameters at most',
    );
  }
  return { kind: 'buffered', run: (...parameters) => Reflect.apply(exported, undefined, parameters) };
}

async function importFile(file: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new HandlerError('Runtime.UserCodeSyntaxError', String(error), { cause: error });
    }
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
      throw new HandlerError('Runtime.ImportModuleError', String(error), { cause: error });
    }
    throw error;
  }
}

function exportOf(module: unknown, name: string): unknown {
  const exports = new Map(Object.entries(Object(module)));
  // A CommonJS module's names are not always found by static analysis, but its `module.exports` is the default.
  return exports.get(name) ?? new Map(Object.entries(Object(exports.get('default')))).get(name);
}
