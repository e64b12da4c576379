import type { CachePointBlock, Tool, ToolResultBlock, ToolUseBlock } from '@org/contract';
import { onAbort } from '../call/on-abort.ts';
import { AbortedError } from '../errors/errors.ts';
import { failureName } from '../errors/failure-name.ts';
import { ToolError } from '../errors/tool-error.ts';
import { sentResult, type ToolResultPart } from '../options/content.ts';
import { field, textField } from '../options/duck-typing.ts';
import { loaded, withFiles } from '../options/files.ts';
import { isRunnable, type RunnableTool } from '../options/tool.ts';
import type { ToolOutcome } from './run-result.ts';

/**
 * Calls the tools that the model called, all at once. Leaves out those that are only declared. Never rejects because of a
 * tool, only with `AbortedError`.
 */
export function runTools(
  calls: readonly ToolUseBlock[],
  tools: readonly (Tool | RunnableTool | CachePointBlock)[],
  signal: AbortSignal | undefined,
): Promise<ToolOutcome[]> {
  const named = new Map(tools.flatMap((tool) => ('name' in tool ? [[tool.name, tool]] : [])));
  const context = { signal: signal ?? new AbortController().signal };
  const running = calls.flatMap((call) => {
    const tool = named.get(call.name);
    if (tool === undefined) {
      const outcome = failure(call, new ToolError(`There is no tool ${call.name}.`));
      return [Promise.resolve(outcome)];
    }
    return isRunnable(tool) ? [outcomeOf(call, () => tool.run(call.input, { ...context, id: call.id }))] : [];
  });
  return unlessAborted(Promise.all(running), signal);
}

async function outcomeOf(call: ToolUseBlock, run: () => Promise<unknown>): Promise<ToolOutcome> {
  try {
    return { call, result: { type: 'tool_result', id: call.id, content: await contentOf(await run()) } };
  } catch (error) {
    return failure(call, error);
  }
}

/** The message of an error is for the model only if the author of the tool wrote it for the model. */
function failure(call: ToolUseBlock, error: unknown): ToolOutcome {
  const content = error instanceof ToolError ? error.message : 'The tool failed.';
  return { call, result: { type: 'tool_result', id: call.id, content, isError: true }, error };
}

// As a string, because not every model reads JSON of every kind.
async function contentOf(output: unknown): Promise<ToolResultBlock['content']> {
  if (!isParts(output)) {
    return typeof output === 'string' ? output : (JSON.stringify(output) ?? '');
  }
  const sent = withFiles((read) => sentResult('content', output, read));
  return loaded(sent);
}

/** Blocks that a tool returned, and not data that is an array. */
function isParts(output: unknown): output is readonly ToolResultPart[] {
  return Array.isArray(output) && output.length > 0 && output.every(isPart);
}

function isPart(value: unknown): boolean {
  const holder = { text: 'text', json: 'json', image: 'data', document: 'data' };
  const type = textField(value, 'type');
  return Object.entries(holder).some(([name, key]) => type === name && field(value, key) !== undefined);
}

function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) {
    return work;
  }
  return new Promise<Value>((resolve, reject) => {
    const leave = onAbort(signal, () => {
      const message = `The run was aborted by its signal${failureName(signal.reason)}.`;
      reject(new AbortedError({ message, cause: signal.reason }));
    });
    work.then(resolve, reject).finally(leave);
  });
}
