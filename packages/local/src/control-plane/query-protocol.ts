import type { WholeResponse } from '../http/response.ts';

/** XML, escaped where necessary. */
export interface Xml {
  readonly text: string;
}

export function element(name: string, content: string | readonly Xml[]): Xml {
  const inner = typeof content === 'string' ? escaped(content) : content.map(({ text }) => text).join('');
  return { text: `<${name}>${inner}</${name}>` };
}

/** A success in AWS's Query protocol. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export function answerQuery(action: string, result: readonly Xml[], requestId: string): WholeResponse {
  return respond(
    200,
    element(`${action}Response`, [
      element(`${action}Result`, result),
      element('ResponseMetadata', [element('RequestId', requestId)]),
    ]),
  );
}

/** An error of the caller's in AWS's Query protocol. */
export function refuseQuery(code: string, message: string, requestId: string): WholeResponse {
  const error = [element('Type', 'Sender'), element('Code', code), element('Message', message)];
  return respond(400, element('ErrorResponse', [element('Error', error), element('RequestId', requestId)]));
}

function respond(status: number, { text }: Xml): WholeResponse {
  return { status, headers: [['content-type', 'text/xml']], body: text };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
