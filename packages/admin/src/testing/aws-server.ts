import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { ClientSettings } from '../aws/endpoints.ts';
import { localCredentials } from '../aws/local-gateway.ts';
import { tlsCertificate, tlsKey } from './tls-certificate.ts';

/** AWS's answer to one operation: an object as JSON, a string as XML. */
export interface AwsAnswer {
  readonly status?: number;
  /** Name of the exception, for a service that speaks JSON. */
  readonly exception?: string;
  readonly body: object | string;
}

/**
 * By `Action` of the Query protocol, alone or with a stack's name; by operation of a JSON protocol, with what it asks for;
 * or by path: `DescribeStacks the-stack`, `GetParameter /its/name`, `GetProducts AmazonBedrock 2`, `/account`.
 */
export type AwsAnswers = Readonly<Record<string, AwsAnswer>>;

/** A server on loopback that answers like AWS; it is closed after the test. */
export async function startAws(answers: AwsAnswers): Promise<ClientSettings> {
  const port = await listen(createServer(answering(answers)));
  return {
    region: 'us-east-1',
    maxAttempts: 1,
    endpoint: `http://127.0.0.1:${port}`,
    credentials: localCredentials,
  };
}

/** The same over TLS, with the certificate `tlsCertificate`, and its port. */
export function startTlsAws(answers: AwsAnswers): Promise<number> {
  return listen(createTlsServer({ cert: tlsCertificate, key: tlsKey }, answering(answers)));
}

function answering(answers: AwsAnswers): RequestListener {
  return async (request, response) => {
    const sent = await text(request);
    const parameters = new URLSearchParams(sent);
    const action = parameters.get('Action') ?? jsonAction(request.headers['x-amz-target'], sent);
    const stack = parameters.get('StackName');
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://aws').pathname);
    const {
      status = 200,
      exception,
      body,
    } = answers[`${action} ${stack}`] ??
      answers[action ?? path] ?? {
        status: 403,
        exception: 'AccessDeniedException',
        body: { message: `not authorized to perform ${action ?? path}` },
      };
    response.writeHead(status, {
      'content-type': typeof body === 'string' ? 'text/xml' : 'application/json',
      ...(exception === undefined ? {} : { 'x-amzn-errortype': exception }),
    });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
  return address.port;
}

/** Of the Price List, of Systems Manager and of CloudWatch Logs. */
function jsonAction(target: string | string[] | undefined, sent: string): string | undefined {
  const [, operation] = /\.(\w+)$/.exec(String(target)) ?? [];
  if (operation === undefined) return undefined;
  const { ServiceCode, NextToken, nextToken, Name } = JSON.parse(sent);
  return [operation, ServiceCode, NextToken, nextToken, Name].filter(Boolean).join(' ');
}

/** An exception of a service that speaks XML. */
export function xmlFailure(code: string, message: string, status = 400): AwsAnswer {
  return {
    status,
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  };
}
