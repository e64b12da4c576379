import { randomUUID } from 'node:crypto';
import {
  type ClientRequest,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { awsAccess } from '@org/admin/aws-access';
import { parseJson } from '@org/contract';
import * as z from 'zod/mini';
import { closeServer, listenOnLoopback } from './loopback.ts';

/** This machine has no AWS credentials, or none that work. */
export class CredentialsMissingError extends Error {
  override readonly name = 'CredentialsMissingError';
}

/** A call that AWS denied. */
export interface Denial {
  /** For example `AccessDeniedException`. */
  readonly type: string;
  /** AWS's message. */
  readonly message: string;
}

export interface BedrockRelayOptions {
  readonly region: string;
  /** Default: Bedrock in the Region. */
  readonly endpoint?: string | undefined;
  /** Called for each call that AWS denied. */
  readonly onDenied: (denial: Denial) => void;
}

/** A relay to the real Bedrock. */
export interface BedrockRelay {
  /** For `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`. Secret: with it, any caller can use this machine's credentials. */
  readonly url: string;
  /** From now on, calls of a profile that exists only here go to its model. */
  addInferenceProfile(profile: { readonly arn: string; readonly modelId: string }): void;
  close(): Promise<void>;
}

/**
 * Passes the functions' requests on to Bedrock, signed with this machine's AWS credentials. So the functions run as
 * deployed, with only placeholder credentials in their environment. The real ones never reach a local DynamoDB, and
 * do not expire, because the SDK's chain renews them here.
 *
 * @throws {CredentialsMissingError}
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
export async function startBedrockRelay({
  region,
  endpoint,
  onDenied,
}: BedrockRelayOptions): Promise<BedrockRelay> {
  const access = awsAccess(process.env);
  const { config } = new BedrockRuntimeClient({ region, ...access });
  await config.credentials().catch((cause: unknown) => {
    throw new CredentialsMissingError(
      `${failureReason(cause).replace(/\.?$/, '.')} Sign in, for example with \`aws sso login\` or \`aws configure\`, choose a profile with AWS_PROFILE, or start without --bedrock aws.`,
      { cause },
    );
  });
  const far =
    endpoint === undefined
      ? config.endpointProvider({ Region: region, UseFIPS: false, UseDualStack: false }).url
      : new URL(endpoint);

  /** A secret that other users of this machine and web pages in a browser do not know. */
  const entrance = `/${randomUUID()}`;

  /** The path of a call of each profile, and that of its model. */
  const profiles = new Map<string, string>();
  const farPath = (path: string): string => {
    for (const [profile, model] of profiles)
      if (path.startsWith(profile)) return model + path.slice(profile.length);
    return path;
  };

  const sign = async (path: string, near: IncomingMessage, body: Buffer) => {
    const signer = await config.signer();
    return signer.sign({
      method: near.method ?? 'POST',
      protocol: far.protocol,
      hostname: far.hostname,
      ...(far.port === '' ? {} : { port: Number(far.port) }),
      path,
      headers: { ...headersToSign(near), host: far.host },
      body,
    });
  };

  const deny = (response: ServerResponse, denial: Denial): void => {
    onDenied(denial);
    refuse(response, 403, denial);
  };

  const relay = async (near: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { url = '' } = near;
    if (!url.startsWith(`${entrance}/`)) {
      refuse(response, 403, {
        type: 'AccessDeniedException',
        message: 'This is not an address of the relay.',
      });
      return;
    }
    const body = await buffer(near);
    const signed = await sign(farPath(url.slice(entrance.length)), near, body).catch(failureReason);
    if (typeof signed === 'string') {
      deny(response, { type: 'ExpiredTokenException', message: signed });
      return;
    }
    const { method, path, headers } = signed;
    // A new connection for each call: a kept one may close just as a call is sent, and then its billing is unknown.
    const outgoing =
      far.protocol === 'https:'
        ? httpsRequest(new URL(path, far), {
            method,
            headers,
            agent: new Agent({ ...access.requestHandler.httpsAgent, keepAlive: false }),
          })
        : httpRequest(new URL(path, far), { method, headers, agent: false });
    response.once('close', () => outgoing.destroy());
    const answer = await answerTo(outgoing, body);
    if (typeof answer === 'string') {
      refuse(response, 503, { type: 'ServiceUnavailableException', message: `${far.host}: ${answer}` });
      return;
    }
    const { statusCode = 502 } = answer;
    if (statusCode === 403) {
      const message = errorMessage((await buffer(answer)).toString());
      deny(response, { type: errorType(answer), message });
      return;
    }
    response.writeHead(statusCode, withoutConnection(answer.headers));
    await pipeline(answer, response);
  };

  const server = createServer((near, response) => {
    // The call may have been billed. As with Bedrock itself, the connection breaks.
    relay(near, response).catch(() => response.destroy());
  });
  const pathOf = (modelId: string) => `/model/${encodeURIComponent(modelId)}/`;
  return {
    url: `${await listenOnLoopback(server)}${entrance}`,
    addInferenceProfile: ({ arn, modelId }) => void profiles.set(pathOf(arn), pathOf(modelId)),
    close: () => closeServer(server),
  };
}

/**
 * Sends a request.
 *
 * @returns The answer, or the reason why no connection was made: then nothing was sent.
 */
async function answerTo(outgoing: ClientRequest, body: Buffer): Promise<IncomingMessage | string> {
  let connected = false;
  outgoing.once('socket', (socket) => {
    socket.once('connect', () => {
      connected = true;
    });
  });
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.on('error', (cause) => (connected ? reject(cause) : resolve(failureReason(cause))));
    outgoing.end(body);
  });
}

/** Headers of the function's connection, and of the signature that the function made. */
const notPassedOn: ReadonlySet<string> = new Set([
  ...['host', 'connection', 'keep-alive', 'transfer-encoding', 'expect'],
  ...['authorization', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256'],
]);

function headersToSign({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || notPassedOn.has(name) ? [] : [[name, String(value)]],
    ),
  );
}

function withoutConnection(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !notPassedOn.has(name)));
}

function refuse(response: ServerResponse, status: 403 | 503, { type, message }: Denial): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type })
    .end(JSON.stringify({ message }));
}

function errorType({ headers }: IncomingMessage): string {
  const [type] = String(headers['x-amzn-errortype'] ?? 'AccessDeniedException').split(':');
  return type ?? '';
}

function errorMessage(text: string): string {
  const { data } = z.safeParse(z.object({ message: z.string() }), parseJson(text));
  return data?.message ?? text;
}

/** A failed connection is an error with a code and no message. */
function failureReason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.message || ('code' in cause ? String(cause.code) : cause.name);
}
