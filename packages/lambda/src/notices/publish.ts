import { createSendSigned, type ServiceOptions } from '../signed-request.ts';

/** A message for the receivers of a team. */
export interface Message {
  readonly team: string;
  /** For mails: at most 100 characters of ASCII, in one line. */
  readonly subject: string;
  /** For mails. */
  readonly text: string;
  /** For everything else. */
  readonly json: object;
}

/** Publishes one message, or rejects with an error whose `name` says why. */
export type Publish = (message: Message, signal: AbortSignal) => Promise<void>;

/**
 * Publishes to an SNS topic. Subscriptions can filter by the attribute `team`.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export function createPublish(
  topicArn: string,
  connection: Omit<ServiceOptions, 'service' | 'host' | 'region'>,
): Publish {
  const [, , , region = ''] = topicArn.split(':');
  const host = `sns.${region}.amazonaws.com`;
  const send = createSendSigned({ service: 'sns', host, region, ...connection });
  return ({ team, subject, text, json }, signal) => {
    const attribute = 'MessageAttributes.entry.1';
    const parameters = new URLSearchParams({
      ...{ Action: 'Publish', Version: '2010-03-31', TopicArn: topicArn },
      ...{ Subject: subject, MessageStructure: 'json' },
      Message: JSON.stringify({ default: JSON.stringify(json), email: text }),
      ...{ [`${attribute}.Name`]: 'team', [`${attribute}.Value.DataType`]: 'String' },
      [`${attribute}.Value.StringValue`]: team,
    });
    const contentType = 'application/x-www-form-urlencoded; charset=utf-8';
    return send({ method: 'POST', path: '/', contentType, body: Buffer.from(parameters.toString()) }, signal);
  };
}
