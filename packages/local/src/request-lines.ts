import { amountText, ErrorEnvelopeSchema, parseJson } from '@org/contract';
import type { AuthorizationLog } from '@org/lambda/authorization-log';
import type { RequestLog } from '@org/lambda/log/request-log';
import * as z from 'zod/mini';
import type { GatewayAnswer, LogLine } from './gateway.ts';
import type { Delivery } from './sns/server.ts';

const text = z.optional(z.string());
const number = z.optional(z.number());

type Read<Log> = { readonly [Field in keyof Log]?: z.ZodMiniType };

const RequestLine = z.object({
  message: z.literal('request'),
  timestamp: z.string(),
  ...({
    ...{ status: number, operation: text, model: text, team: text, code: text },
    ...{ usage: z.optional(z.object({ totalTokens: z.number() })), costUsd: number, totalMs: number },
  } satisfies Read<RequestLog>),
});

const AuthorizationLine = z.object({
  message: z.literal('authorization'),
  ...({ requestId: z.string(), reason: text, failure: text } satisfies Read<AuthorizationLog>),
});

/** Of the local SNS. */
const DeliveryLine = z.object({
  message: z.literal('delivery'),
  timestamp: z.string(),
  ...({
    subject: z.string(),
    protocol: z.string(),
    endpoint: z.string(),
    outcome: z.union([z.number(), z.string()]),
  } satisfies Read<Delivery>),
});

const Line = z.discriminatedUnion('message', [RequestLine, AuthorizationLine, DeliveryLine]);

/** How Lambda notes that an authorizer refused a caller; the authorizer has said why by itself. */
const refusedByAuthorizer = /^Invoke Error \{"errorType":"Error","errorMessage":"Unauthorized"/;

/**
 * A line for each request, for people: `23:03:04 200 ask nova-lite toll 50 tokens $0.000012 73 ms`, and for each notice. What
 * is not about either is printed as it was written.
 *
 * @param now Milliseconds since 1970.
 */
export function requestLines(
  print: (line: string) => void,
  now: () => number,
): { readonly onLog: (line: LogLine) => void; readonly onGatewayAnswer: (answer: GatewayAnswer) => void } {
  /** Why the authorizer let a request not pass, by its id. The gateway answers it right after. */
  const refusals = new Map<string, string>();
  return {
    onLog({ line }) {
      const read = Line.safeParse(parseJson(line));
      if (!read.success) {
        if (!refusedByAuthorizer.test(line)) print(line);
        return;
      }
      if (read.data.message === 'request') return print(requestLine(read.data));
      if (read.data.message === 'delivery') return print(deliveryLine(read.data));
      const { requestId, reason, failure } = read.data;
      if (reason ?? failure)
        refusals.set(requestId, reason === 'missing' ? '(no key)' : `(token: ${reason ?? failure})`);
    },
    onGatewayAnswer({ request, response }) {
      const envelope = ErrorEnvelopeSchema.safeParse(parseJson(response.body));
      const why = refusals.get(request.id) ?? '';
      refusals.delete(request.id);
      const code = envelope.success ? envelope.data.error.code : '';
      print(joined([clock(now()), response.status, request.method, request.path, code, why]));
    },
  };
}

function requestLine(log: z.output<typeof RequestLine>): string {
  const { timestamp, status, operation, model, team, code, usage, costUsd, totalMs } = log;
  return joined([
    ...[clock(Date.parse(timestamp)), status, operation, model, team, code],
    usage && `${usage.totalTokens} tokens`,
    costUsd !== undefined && amountText('usd', costUsd),
    totalMs !== undefined && `${totalMs} ms`,
  ]);
}

function deliveryLine({ timestamp, subject, protocol, endpoint, outcome }: z.output<typeof DeliveryLine>) {
  return joined([
    clock(Date.parse(timestamp)),
    `notice by ${protocol} to ${endpoint}: "${subject}"`,
    typeof outcome === 'number' ? `${outcome}` : `(${outcome})`,
  ]);
}

function joined(parts: readonly (string | number | false | undefined)[]): string {
  return parts.filter(Boolean).join(' ');
}

/** `23:03:04`, in the time of this machine. */
function clock(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}
