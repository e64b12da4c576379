import { structuredAnswer } from '../schema/structured-answer.ts';
import type { AnswerBlock, Citation, Completion, ScriptedAnswer } from './answer.ts';
import { type Document, lastResults, type Prompt, questionOf, type Tool, textOf, toolsOf } from './prompt.ts';
import { plain, tokenize } from './tokens.ts';

/** An answer before it is cut. */
export type Draft = Pick<Completion, 'blocks' | 'stopReason' | 'stopSequence'>;

/**
 * What the model answers. It is written down, so that a test or a reader can know it:
 *
 * - Asked to think, it thinks first: `They ask: `, then the question.
 * - Made to call a tool, it calls that one; made to call any, the first. Left the choice, it calls each tool whose name
 *   is a word of the last message, once, in the order in which they are offered; where that message brings results of
 *   tools, it calls none. A tool's input fits its schema, and its texts quote the beginning of the question.
 * - Asked for JSON, it answers with JSON that fits the schema, made in the same way.
 * - Else it repeats the question, which is what tools returned where that is what the last message brings, and names
 *   the model it stands for. After that it quotes each document of the last message whose citations are on.
 * - Text ends before the first stop sequence.
 */
export function ownAnswer(prompt: Prompt): Draft {
  const thoughts = thoughtsOf(prompt);
  const calls = calledTools(prompt);
  if (calls.length > 0) {
    const blocks = calls.map(({ name, schema }): AnswerBlock => {
      const input = JSON.stringify(structuredAnswer(schema, questionOf(prompt)));
      return { kind: 'tool', name, deltas: tokenize(input) };
    });
    return { blocks: [...thoughts, ...blocks], stopReason: 'tool_use' };
  }
  const { text, stopSequence } = stopped(written(prompt), prompt.stop);
  const quotes = prompt.output || stopSequence !== undefined ? [] : quotesOf(prompt);
  return {
    blocks: [...thoughts, { kind: 'text', deltas: tokenize(text) }, ...quotes],
    stopReason: stopSequence === undefined ? 'end_turn' : 'stop_sequence',
    stopSequence,
  };
}

/** An answer in place of the model's own. */
export function scriptedAnswer(prompt: Prompt, script: ScriptedAnswer): Draft {
  if ('blocks' in script) {
    const callsTool = script.blocks.some(({ kind }) => kind === 'tool');
    return { blocks: script.blocks, stopReason: script.stopReason ?? (callsTool ? 'tool_use' : 'end_turn') };
  }
  const [forced] = forcedTools(prompt) ?? [];
  const { deltas, stopReason = forced ? 'tool_use' : 'end_turn' } = script;
  const block: AnswerBlock =
    forced && stopReason === 'tool_use'
      ? { kind: 'tool', name: forced.name, deltas }
      : { kind: 'text', deltas };
  return { blocks: [block], stopReason };
}

function thoughtsOf(prompt: Prompt): AnswerBlock[] {
  const { reasoning = 'off' } = prompt;
  if (reasoning === 'off') return [];
  const thought = reasoning.kind === 'hidden' ? '[REDACTED]' : `They ask: ${questionOf(prompt)}`;
  return [{ kind: 'reasoning', deltas: tokenize(thought) }];
}

function calledTools(prompt: Prompt): Tool[] {
  const forced = forcedTools(prompt);
  if (forced) return forced;
  if (prompt.toolChoice === 'none' || lastResults(prompt).length > 0) return [];
  const words = new Set(textOf(prompt.messages.at(-1)?.content ?? []).match(/[a-zA-Z0-9_-]+/g));
  return toolsOf(prompt).filter(({ name }) => words.has(name));
}

/** The tool that the model has to call; `undefined` where it has the choice. */
function forcedTools(prompt: Prompt): Tool[] | undefined {
  const { toolChoice } = prompt;
  if (toolChoice === 'auto' || toolChoice === 'none') return undefined;
  const tools = toolsOf(prompt);
  return toolChoice === 'any' ? tools.slice(0, 1) : tools.filter(({ name }) => name === toolChoice.name);
}

function written(prompt: Prompt): string {
  const question = questionOf(prompt);
  if (prompt.output) return JSON.stringify(structuredAnswer(prompt.output.schema, question));
  const heard = lastResults(prompt).length > 0 ? 'The tools returned' : 'You asked';
  return (
    `${heard}: ${question}\n` +
    `This is the simulated Bedrock in place of ${prompt.modelId}. It has no opinion of its own, ` +
    'but a real model would answer here.'
  );
}

function stopped(text: string, stop: readonly string[]): { text: string; stopSequence: string | undefined } {
  const at = Math.min(...stop.map((each) => text.indexOf(each)).filter((index) => index >= 0), text.length);
  const stopSequence = stop.find((each) => text.startsWith(each, at));
  return { text: text.slice(0, at), stopSequence: at < text.length ? stopSequence : undefined };
}

function quotesOf({ messages }: Prompt): AnswerBlock[] {
  const documents = messages.flatMap(({ content }) => content.filter(({ type }) => type === 'document'));
  const quoted = (messages.at(-1)?.content ?? []).filter((block) => block.type === 'document');
  return quoted
    .filter(({ citations }) => citations)
    .map((document) => {
      const citation = quote(document, documents.indexOf(document));
      return { kind: 'text', deltas: tokenize(citation.text), citations: [citation] };
    });
}

/** The beginning of a document that is text, else its first page. */
function quote({ name, format, bytes }: Document, documentIndex: number): Citation {
  if (!plain.has(format)) {
    const text = `The first page of ${name}.`;
    return { title: name, text, documentIndex, location: { unit: 'page', start: 1, end: 2 } };
  }
  const text = Buffer.from(bytes).toString().slice(0, 80);
  return { title: name, text, documentIndex, location: { unit: 'character', start: 0, end: text.length } };
}
