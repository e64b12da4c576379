import type { Message } from '@org/contract';
import type { Answer, StructuredAnswer } from '../answer/answer.ts';
import { fromCallSite } from '../errors/call-site.ts';
import { AbortedError, ConversationBusyError } from '../errors/errors.ts';
import { checkOption, checkType, invalidOption } from '../options/check-option.ts';
import { type Question, sentContent, sentMessages } from '../options/content.ts';
import { loaded, withFiles } from '../options/files.ts';
import type {
  AnyRunOptions,
  AnyStreamOptions,
  RunOptions,
  SchemaOptions,
  StreamOptions,
  StructuredRunOptions,
  StructuredStreamOptions,
} from '../options/options.ts';
import { type AnswerStream, createAnswerStream, type EventSource } from '../stream/answer-stream.ts';
import type { RunResult, StructuredRunResult } from './run-result.ts';
import { answeredTurns, toolCalls } from './turns.ts';

/** What the conversation itself has. */
type OfConversation = 'messages' | 'history' | 'tools';

/** Options of `client.conversation`, for all its turns. `undefined` means the same as leaving an option out. */
export interface ConversationOptions
  extends Omit<RunOptions, 'messages' | 'history' | 'schema' | 'outputSchema'>,
    Pick<StreamOptions, 'idleTimeoutMs'> {
  /** Earlier turns, such as the `messages` of a conversation that was kept as JSON. Default: none. */
  readonly messages?: readonly Message[] | undefined;
}

/** Options of one turn of a conversation. They come before those of the conversation. */
export type TurnOptions = Omit<RunOptions, OfConversation>;

/** Options of one turn of a conversation with your own schema. */
export type StructuredTurnOptions<Output> = Omit<StructuredRunOptions<Output>, OfConversation> &
  SchemaOptions<Output>;

/** Options of one streamed turn of a conversation. */
export type StreamedTurnOptions = Omit<StreamOptions, OfConversation>;

/** Options of one streamed turn of a conversation with your own schema. */
export type StructuredStreamedTurnOptions<Output> = Omit<StructuredStreamOptions<Output>, OfConversation> &
  SchemaOptions<Output>;

/**
 * A conversation with a model that remembers what was said, and that can always go on: a question is only remembered with
 * its answer. After an error, an abort, or an answer that is empty or was filtered, the history is as it was before.
 */
export interface Conversation {
  /** Every turn so far, oldest first. Keep it as JSON, and give it to a new conversation to go on. */
  readonly messages: readonly Message[];

  /** The same as `ask` without a schema; `output` has the type of the schema. */
  ask<Output>(
    question: Question,
    options: StructuredTurnOptions<Output>,
  ): Promise<StructuredRunResult<Output>>;

  /**
   * Asks the next question, and calls the tools of the conversation that have a `run`, as `client.run` does.
   *
   * Rejects with one of `AnyBedrockProxyError`: with `ConversationBusyError` while another answer is awaited.
   */
  ask(
    question: Question,
    options?: TurnOptions | StructuredTurnOptions<unknown> | undefined,
  ): Promise<RunResult>;

  /** The same as `stream` without a schema; the last event and `final()` have an `output` of the schema's type. */
  stream<Output>(
    question: Question,
    options: StructuredStreamedTurnOptions<Output>,
  ): AnswerStream<StructuredAnswer<Output>>;

  /**
   * Asks the next question, and returns its answer while it is written. It is remembered when it is whole. Tools are not
   * called: where `content` of the answer has calls, send their results as the next question.
   *
   * Throws `ConfigurationError` at once if an argument is wrong. Any other error is thrown where the stream is read.
   */
  stream(
    question: Question,
    options?: StreamedTurnOptions | StructuredStreamedTurnOptions<unknown> | undefined,
  ): AnswerStream;
}

/** What a conversation asks with. */
export interface ConversationParts {
  readonly run: (question: Question, options: AnyRunOptions) => Promise<RunResult>;
  /** Throws `ConfigurationError` if an argument is wrong. Sends nothing before it is run. */
  readonly source: (question: Question, options: AnyStreamOptions) => EventSource<Answer>;
}

export function createConversation(options: ConversationOptions, parts: ConversationParts): Conversation {
  checkType('options', options, 'object');
  const { messages: earlier = [], ...settings } = options;
  let messages: readonly Message[] = sentMessages('messages', earlier, (path) => {
    throw invalidOption(path, 'must be a string of base64');
  });
  let underWay: object | undefined;

  /** Returns a function that lets the next question in. */
  const begin = (): (() => void) => {
    if (underWay !== undefined) {
      throw new ConversationBusyError({
        message: 'The conversation is still waiting for an answer. Ask again when it has arrived.',
      });
    }
    const mine = {};
    underWay = mine;
    return () => {
      if (underWay === mine) underWay = undefined;
    };
  };

  function ask<Output>(
    question: Question,
    options: StructuredTurnOptions<Output>,
  ): Promise<StructuredRunResult<Output>>;
  function ask(question: Question, options?: TurnOptions): Promise<RunResult>;
  function ask(
    question: Question,
    options: TurnOptions | StructuredTurnOptions<unknown> = {},
  ): Promise<RunResult> {
    return fromCallSite(async () => {
      const end = begin();
      try {
        checkAnswersCalls(question, messages);
        const result = await parts.run(question, { ...settings, ...options, messages });
        messages = result.messages;
        return result;
      } finally {
        end();
      }
    });
  }

  function stream<Output>(
    question: Question,
    options: StructuredStreamedTurnOptions<Output>,
  ): AnswerStream<StructuredAnswer<Output>>;
  function stream(question: Question, options?: StreamedTurnOptions): AnswerStream;
  function stream(
    question: Question,
    options: StreamedTurnOptions | StructuredStreamedTurnOptions<unknown> = {},
  ): AnswerStream {
    const { maxSteps, ...asked } = settings;
    const source = (turn: Question, history: readonly Message[]) =>
      parts.source(turn, { ...asked, ...options, messages: history });
    // Only to throw at once what is wrong: the history is what it is when the stream is read.
    source(question, []);
    const sent = withFiles((read) => ({ content: sentContent('question', question, read) }));
    let reading: EventSource<Answer> | undefined;
    let aborted: string | undefined;
    return createAnswerStream<Answer>({
      abort: (message) => {
        aborted = message;
        reading?.abort(message);
      },
      run: async (report) => {
        const end = begin();
        try {
          checkAnswersCalls(question, messages);
          const { content } = await loaded(sent);
          if (aborted !== undefined) {
            throw new AbortedError({ message: aborted });
          }
          reading = source(content, messages);
          await reading.run({
            ...report,
            final: (answer) => {
              messages = [...messages, ...(answeredTurns(content, answer) ?? [])];
              end();
              report.final(answer);
            },
          });
        } finally {
          end();
        }
      },
    });
  }

  return {
    get messages() {
      return messages;
    },
    ask,
    stream,
  };
}

/** Models refuse a conversation in which a call of a tool has no result. */
function checkAnswersCalls(question: Question, messages: readonly Message[]): void {
  const calls = toolCalls(messages.at(-1)?.content ?? '');
  const results = new Set(
    typeof question === 'string'
      ? []
      : question.flatMap((block) => (block.type === 'tool_result' ? block.id : [])),
  );
  checkOption(
    calls.every(({ id }) => results.has(id)),
    'question',
    'must have a tool_result for every call of a tool in the last answer',
  );
}
