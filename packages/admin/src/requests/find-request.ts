import { parseJson } from '@org/contract';
import { accessLogGroupOf, authorizerLogGroupOf, requestLogGroupOf } from '@org/infra/config';
import type { RequestLog } from '@org/lambda/log/request-log';
import * as z from 'zod/mini';
import { AdminError } from '../admin-error.ts';
import { Logs } from '../aws/logs.ts';
import type { Deployment } from '../deployment.ts';
import { keyNamesById } from '../keys/key-names.ts';
import { GatewayAccess, LoggedAuthorization, LoggedRequest, LostPrompt } from './logged-request.ts';

export interface RequestQuery {
  /** Of the answer: its `x-request-id`, or its `id`, with or without the prefix that OpenAI's and Anthropic's APIs have. */
  readonly id: string;
  /** How many days back the log is searched. Default: 1. */
  readonly days?: number | undefined;
}

/** What is known of a request. */
export interface RequestLookup {
  /** Without a prefix. */
  readonly id: string;
  /** The time that was searched, ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** The line of the function that answers. Undefined: it did not come to the function, or its line is not in the log. */
  readonly request?: (LoggedRequest & { readonly keyName?: string | undefined }) | undefined;
  /** The line of the authorizer, which is only about tokens and missing credentials. */
  readonly authorization?: LoggedAuthorization | undefined;
  /** Why the prompt log lacks the call, though it should have it. */
  readonly promptNotKept?: string | undefined;
  /** API Gateway's line, if the deployment has an access log. */
  readonly access?: GatewayAccess | undefined;
  /** Without it, nothing says what API Gateway itself refused. */
  readonly hasAccessLog: boolean;
  /** Bytes of the logs that CloudWatch searched, and bills. */
  readonly searchedBytes: number;
}

const dayMs = 24 * 60 * 60 * 1000;

/** Of an answer's id in another API. */
const prefix = /^(?:chatcmpl-|resp_|msg_)/;

/**
 * Looks a request up in the logs: the function's, the authorizer's and API Gateway's. None of them has a prompt, an answer or
 * the value of a key.
 *
 * @throws {AdminError} If it cannot be an id, there is no log, or AWS gives up a query.
 * @example
 * const { request } = await findRequest(deployment, { id: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef' });
 * request?.charged?.usd; // 0.0021
 */
export async function findRequest(
  deployment: Deployment,
  { id: given, days = 1 }: RequestQuery,
): Promise<RequestLookup> {
  const { config, endpoints, now } = deployment;
  const id = given.trim().replace(prefix, '');
  // It becomes part of a query.
  if (!/^[\w=-]{1,128}$/.test(id)) throw new AdminError('invalid_request_id', { id: given });
  const to = now();
  const from = to - days * dayMs;
  const logs = new Logs(endpoints('cloudwatch_logs'));
  try {
    const search = async (group: string) => {
      const query = `filter ${'requestId' satisfies keyof RequestLog} = "${id}" | fields @message`;
      const { rows, searchedBytes } = await logs.query(group, { query, from, to });
      return { lines: rows.map((row) => parseJson(row['@message'] ?? '')), searchedBytes };
    };
    const searchIfThere = (group: string) =>
      search(group).catch((error: unknown) => {
        if (error instanceof AdminError && error.is('no_such_log')) return { lines: [], searchedBytes: 0 };
        throw error;
      });
    const [own, authorizers, gateways] = await Promise.all([
      search(requestLogGroupOf(config)),
      searchIfThere(authorizerLogGroupOf(config)),
      searchIfThere(accessLogGroupOf(config)),
    ]);
    const request = firstOf(own.lines, LoggedRequest);
    const keyName = request?.keyId && (await keyNamesById(deployment)).get(request.keyId);
    return {
      id,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      request: request && { ...request, keyName },
      authorization: firstOf(authorizers.lines, LoggedAuthorization),
      promptNotKept: firstOf(own.lines, LostPrompt)?.failure,
      access: firstOf(gateways.lines, GatewayAccess),
      hasAccessLog: config.accessLog,
      searchedBytes: own.searchedBytes + authorizers.searchedBytes + gateways.searchedBytes,
    };
  } finally {
    logs.close();
  }
}

function firstOf<Schema extends z.ZodMiniType>(
  lines: readonly unknown[],
  schema: Schema,
): z.output<Schema> | undefined {
  return lines.flatMap((line) => {
    const { success, data } = z.safeParse(schema, line);
    return success ? [data] : [];
  })[0];
}
