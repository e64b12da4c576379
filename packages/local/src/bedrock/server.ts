import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { catalogue, type ModelDefinition } from '@org/models';
import { closeServer, listenOnLoopback } from '../loopback.ts';
import { Caller } from './caller.ts';
import { converse } from './converse.ts';
import { converseStream } from './converse-stream.ts';
import { BedrockException } from './exception.ts';
import type { Fault } from './fault.ts';
import { blockedCompletion, blocks, refuseUnknownGuardrail } from './guardrail.ts';
import { invokeModel, invokeModelWithResponseStream } from './invoke-model.ts';
import { admitModel } from './model-access.ts';
import type { Operation, OperationReply } from './operation.ts';
import { parseJson } from './request-body.ts';
import { complete, PromptCache, type ScriptedAnswer } from './simulated-model.ts';
import { type Gate, sendStream } from './stream-response.ts';

export type { Fault };

/** A call as it arrived, and what became of its caller. */
export interface ReceivedCall {
  /** As in the path: `converse`, `converse-stream`, `invoke` or `invoke-with-response-stream`. */
  readonly operation: string;
  readonly modelId: string;
  readonly region: string;
  /** The headers in which InvokeModel has guardrail and metadata, `x-amzn-bedrock-...` in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body's bytes, as text. */
  readonly text: string;
  /** Whether the caller hung up before it had the whole answer. */
  readonly disconnected: boolean;
}

/** Tokens that AWS would put on the bill; those of a prompt cache are input. */
export interface BilledTokens {
  inputTokens: number;
  outputTokens: number;
}

export interface SimulatedBedrock {
  /** For `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`. */
  readonly url: string;
  /** The calls so far, oldest first; at most the last thousand. */
  readonly received: readonly ReceivedCall[];
  /**
   * What calls so far cost: all in which the model ran, whether or not the answer arrived. A stream that ends early
   * is billed as a whole, which is the most that AWS could bill.
   */
  readonly billed: Readonly<BilledTokens>;
  /** The next calls meet these faults, one each, in this order. */
  failNext(...faults: Fault[]): void;
  /** The next questions that reach the model get these answers, one each, in this order. */
  answerNext(...answers: ScriptedAnswer[]): void;
  /** Every piece of a streamed answer waits for the gate from now on; without one, for none. */
  pace(gate?: Gate): void;
  close(): Promise<void>;
}

/** What one call meets. */
export interface Encounter {
  readonly fault?: Fault | undefined;
  /** For the pieces of its streamed answer. */
  readonly gate?: Gate | undefined;
}

export interface BedrockOptions {
  /** Default: any free one. */
  readonly port?: number;
  /** Says what a call meets, where neither `failNext` nor `pace` does. The call waits for it. Default: nothing. */
  readonly meet?: (call: ReceivedCall) => Encounter | Promise<Encounter>;
  /** Gets what a call cost in which the model ran, as it is added to `billed`. */
  readonly onBilled?: (call: ReceivedCall, tokens: Readonly<BilledTokens>) => void;
  /** The models that there are, beside the predecessor's and imported ones. Default: those of the catalogue. */
  readonly models?: readonly ModelDefinition[];
}

const operations: ReadonlyMap<string, Operation> = new Map([
  ['converse', converse],
  ['converse-stream', converseStream],
  ['invoke', invokeModel],
  ['invoke-with-response-stream', invokeModelWithResponseStream],
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
}: BedrockOptions = {}): Promise<SimulatedBedrock> {
  const received: ReceivedCall[] = [];
  const faults: Fault[] = [];
  const scripted: ScriptedAnswer[] = [];
  const billed: BilledTokens = { inputTokens: 0, outputTokens: 0 };
  const cache = new PromptCache();
  let gate: Gate | undefined;

  const reply = (call: ReceivedCall, fault: Fault | undefined): OperationReply => {
    if (fault?.kind === 'exception') throw new BedrockException(fault.name, fault.message);
    const operation = operations.get(call.operation);
    if (!operation) throw new BedrockException('UnknownOperationException');
    return operation({
      model: admitModel(models, call.modelId, call.region),
      body: parseJson(call.text),
      headers: call.headers,
      generate(prompt, guardrail) {
        refuseUnknownGuardrail(guardrail, fault?.kind === 'unknown-guardrail' ? fault.id : undefined);
        return blocks(guardrail, prompt.question)
          ? blockedCompletion
          : complete(prompt, cache, scripted.shift());
      },
    });
  };

  const server = createServer(async (request, response) => {
    let hungUp = false;
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
      received.push(call);
      if (received.length > 1000) received.shift();
      const scheduled = faults.shift();
      const met = scheduled ? { fault: scheduled } : await meet(call);
      const answer = reply(call, met.fault);
      const { outputTokens, cacheReadTokens, cacheWriteTokens, ...completion } = answer.completion;
      const inputTokens = completion.inputTokens + cacheReadTokens + cacheWriteTokens;
      billed.inputTokens += inputTokens;
      billed.outputTokens += outputTokens;
      onBilled(call, { inputTokens, outputTokens });
      await send(caller, answer, met.fault, gate ?? met.gate);
    } catch (error) {
      if (response.headersSent) {
        // Only a test's gate can fail here; its error is for the test to see.
        caller.breakOff();
        throw error;
      }
      const exception =
        error instanceof BedrockException ? error : new BedrockException('InternalServerException');
      sendException(caller, exception);
    }
  });
  const url = await listenOnLoopback(server, port);
  return {
    url,
    received,
    billed,
    failNext: (...more) => void faults.push(...more),
    answerNext: (...more) => void scripted.push(...more),
    pace(next) {
      gate = next;
    },
    close: () => closeServer(server),
  };
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

async function send(
  caller: Caller,
  reply: OperationReply,
  fault: Fault | undefined,
  gate: Gate | undefined,
): Promise<void> {
  switch (fault?.kind) {
    case 'stall':
      return;
    case 'reset':
      caller.breakOff();
      return;
    case 'body':
      sendJson(caller, fault.body, {});
      return;
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, fault.milliseconds).unref());
  }
  const { headers = {} } = reply;
  if ('events' in reply) {
    const { events } = reply;
    const half = { after: Math.floor(events.length / 2), end: 'cut' } as const;
    const early = fault?.kind === 'stream' ? fault : fault?.kind === 'cut' ? half : undefined;
    await sendStream(caller, { events, headers, gate, fault: early });
    return;
  }
  const json = JSON.stringify(reply.body);
  if (fault?.kind === 'cut') await sendHalf(caller, json);
  else sendJson(caller, json, headers);
}

function sendJson({ response }: Caller, json: string, headers: Readonly<Record<string, string>>): void {
  response
    .writeHead(200, {
      'content-type': 'application/json',
      'x-amzn-requestid': crypto.randomUUID(),
      ...headers,
    })
    .end(json);
}

async function sendHalf(caller: Caller, json: string): Promise<void> {
  caller.response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
  });
  await caller.write(json.slice(0, json.length / 2));
  caller.breakOff();
}

/** AWS names the exception in a header, with a URL behind it that clients have to cut off. */
function sendException({ response }: Caller, { name, status, message }: BedrockException): void {
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'x-amzn-requestid': crypto.randomUUID(),
      'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
    })
    .end(JSON.stringify({ message }));
}
