import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { type BilledTokens, catalogue, type ModelDefinition } from '@org/models';
import { type Clock, systemClock } from '../clock.ts';
import { closeServer, listenOnLoopback } from '../loopback.ts';
import { converse } from './converse/converse.ts';
import { converseStream } from './converse/converse-stream.ts';
import { countTokens } from './count-tokens.ts';
import { BedrockException } from './exception.ts';
import type { Fault } from './fault.ts';
import { blockedCompletion, blocks, refuseUnknownGuardrail } from './guardrail.ts';
import { invokeModel, invokeModelWithResponseStream } from './invoke/invoke-model.ts';
import { type Completion, noAnswer, type ScriptedAnswer } from './model/answer.ts';
import { PromptCache } from './model/prompt-cache.ts';
import { complete } from './model/simulated-model.ts';
import { admitCounted, admitModel } from './model-access.ts';
import type { Operation, OperationReply } from './operation.ts';
import { parseJson } from './request-body.ts';
import { Caller } from './wire/caller.ts';
import { sendException, sendReply } from './wire/send-reply.ts';
import type { Gate } from './wire/stream-response.ts';

export type { Fault };

/** A call as it arrived, and whether its caller stayed. */
export interface ReceivedCall {
  /** As in the path: `converse`, `converse-stream`, `invoke`, `invoke-with-response-stream` or `count-tokens`. */
  readonly operation: string;
  readonly modelId: string;
  readonly region: string;
  /** InvokeModel's headers for guardrail and metadata, `x-amzn-bedrock-...` in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body's bytes, as a string. */
  readonly text: string;
  /** Whether the caller hung up before it had the whole answer. */
  readonly disconnected: boolean;
}

/** Tokens that AWS would bill, by their prices: no token is counted twice. */
export type Bill = Readonly<Record<keyof BilledTokens, number>>;

export interface SimulatedBedrock {
  /** For `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`. */
  readonly url: string;
  /** The calls so far, oldest first; at most the last thousand. */
  readonly received: readonly ReceivedCall[];
  /**
   * The cost of all calls so far in which the model ran, whether or not the answer arrived. A stream that ends early is
   * billed as a whole, which is the most that AWS could bill.
   */
  readonly billed: Bill;
  /** The next calls meet these faults, one each, in this order. */
  failNext(...faults: Fault[]): void;
  /** The next questions that reach the model get these answers, one each, in this order. */
  answerNext(...answers: ScriptedAnswer[]): void;
  /** From now on, calls of an application inference profile reach its model. */
  addInferenceProfile(profile: { readonly arn: string; readonly modelId: string }): void;
  /** From now on, each piece of a streamed answer waits for the gate. Without a gate, pieces do not wait. */
  pace(gate?: Gate): void;
  /**
   * From now on it is as if no call had come: `received`, `billed` and the prompt caches are empty, and no fault, answer or
   * gate waits for one. Inference profiles stay. No call may be in flight.
   */
  forget(): void;
  close(): Promise<void>;
}

/** The fault and the gate of one call. */
export interface Encounter {
  readonly fault?: Fault | undefined;
  /** For the pieces of its streamed answer. */
  readonly gate?: Gate | undefined;
}

export interface BedrockOptions {
  /** Default: a free port. */
  readonly port?: number;
  /** Chooses a call's fault and gate, if neither `failNext` nor `pace` does. The call waits for it. Default: none. */
  readonly meet?: (call: ReceivedCall) => Encounter | Promise<Encounter>;
  /** Gets the cost of each call in which the model ran, when it is added to `billed`. */
  readonly onBilled?: (call: ReceivedCall, bill: Bill) => void;
  /** The models, besides the predecessor's and imported ones. Default: those of the catalogue. */
  readonly models?: readonly ModelDefinition[];
  /** Prompt caches expire by it. Default: the system's. */
  readonly clock?: Clock;
}

const operations: ReadonlyMap<string, Operation> = new Map([
  ['converse', converse],
  ['converse-stream', converseStream],
  ['invoke', invokeModel],
  ['invoke-with-response-stream', invokeModelWithResponseStream],
  ['count-tokens', countTokens],
]);

/**
 * Bedrock's runtime on loopback: the real wire protocol, answers from a simulated model, and faults on request.
 *
 * @example
 * const bedrock = await startBedrock();
 * bedrock.failNext({ kind: 'exception', name: 'ThrottlingException' });
 */
export async function startBedrock({
  port = 0,
  models = Object.values(catalogue),
  meet = () => ({}),
  onBilled = () => {},
  clock = systemClock,
}: BedrockOptions = {}): Promise<SimulatedBedrock> {
  const received: ReceivedCall[] = [];
  const faults: Fault[] = [];
  const scripted: ScriptedAnswer[] = [];
  let billed = billOf(noAnswer);
  const emptyCache = () => new PromptCache(() => clock.now());
  let cache = emptyCache();
  const profiles = new Map<string, string>();
  let gate: Gate | undefined;

  const reply = (call: ReceivedCall, fault: Fault | undefined): OperationReply => {
    if (fault?.kind === 'exception') {
      throw new BedrockException(fault.name, fault.message, fault.inStream);
    }
    const operation = operations.get(call.operation);
    if (!operation) throw new BedrockException('UnknownOperationException');
    const { modelId, region } = call;
    // CountTokens takes no profile.
    const model =
      operation === countTokens
        ? admitCounted(models, modelId, region)
        : admitModel(models, profiles.get(modelId) ?? modelId, region);
    return operation({
      model,
      body: parseJson(call.text),
      headers: call.headers,
      generate(prompt, guardrail) {
        refuseUnknownGuardrail(guardrail, fault?.kind === 'unknown-guardrail' ? fault.id : undefined);
        return blocks(guardrail, prompt)
          ? blockedCompletion
          : complete(prompt, model, cache, scripted.shift());
      },
    });
  };

  const server = createServer(async (request, response) => {
    let hungUp = false;
    let streams = false;
    const caller = new Caller(response, () => {
      hungUp = true;
    });
    try {
      const call: ReceivedCall = {
        ...(await readCall(request)),
        get disconnected() {
          return hungUp;
        },
      };
      streams = call.operation.endsWith('-stream');
      received.push(call);
      if (received.length > 1000) received.shift();
      const scheduled = faults.shift();
      const encounter = scheduled ? { fault: scheduled } : await meet(call);
      const answer = reply(call, encounter.fault);
      if (answer.completion) {
        const bill = billOf(answer.completion);
        billed = {
          inputTokens: billed.inputTokens + bill.inputTokens,
          outputTokens: billed.outputTokens + bill.outputTokens,
          cacheReadTokens: billed.cacheReadTokens + bill.cacheReadTokens,
          cacheWriteTokens: billed.cacheWriteTokens + bill.cacheWriteTokens,
          cacheWrite1hTokens: billed.cacheWrite1hTokens + bill.cacheWrite1hTokens,
        };
        onBilled(call, bill);
      }
      await sendReply(caller, answer, encounter.fault, gate ?? encounter.gate);
    } catch (error) {
      if (response.headersSent) {
        // Only a test's gate can fail here, and the test sees its error.
        caller.breakOff();
        throw error;
      }
      const exception =
        error instanceof BedrockException ? error : new BedrockException('InternalServerException');
      await sendException(caller, exception, streams);
    }
  });
  const url = await listenOnLoopback(server, port);
  return {
    url,
    received,
    get billed() {
      return billed;
    },
    failNext: (...more) => void faults.push(...more),
    answerNext: (...more) => void scripted.push(...more),
    addInferenceProfile: ({ arn, modelId }) => void profiles.set(arn, modelId),
    pace(next) {
      gate = next;
    },
    forget() {
      for (const list of [received, faults, scripted]) list.length = 0;
      billed = billOf(noAnswer);
      cache = emptyCache();
      gate = undefined;
    },
    close: () => closeServer(server),
  };
}

function billOf({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens }: Completion): Bill {
  const { '5m': short, '1h': long } = cacheWriteTokens;
  return { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens: short, cacheWrite1hTokens: long };
}

async function readCall(request: IncomingMessage): Promise<Omit<ReceivedCall, 'disconnected'>> {
  const body = await text(request);
  const region = /Credential=[^/]+\/\d{8}\/([^/]+)\/bedrock\/aws4_request/.exec(
    request.headers.authorization ?? '',
  )?.[1];
  if (!region) throw new BedrockException('MissingAuthenticationTokenException');
  const [, modelId, operation] = /^\/model\/([^/]+)\/([^/?]+)$/.exec(request.url ?? '') ?? [];
  if (request.method !== 'POST' || !modelId || !operation)
    throw new BedrockException('UnknownOperationException');
  const headers = Object.fromEntries(
    Object.entries(request.headers)
      .filter(([name]) => name.startsWith('x-amzn-bedrock-'))
      .map(([name, value]) => [name, String(value)]),
  );
  return { operation, modelId: decodeURIComponent(modelId), region, headers, text: body };
}
