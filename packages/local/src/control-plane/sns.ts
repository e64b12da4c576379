import { answerQuery, element, refuseQuery } from './query-protocol.ts';
import type { Service } from './service.ts';

/**
 * The part of SNS that lists a topic's subscribers: those of the template, each as if it were confirmed.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
 */
export const sns: Service = ({ request }, { api }) => {
  const parameters = new URLSearchParams(request.body);
  const action = parameters.get('Action');
  if (action !== 'ListSubscriptionsByTopic') {
    return refuseQuery('InvalidAction', `The local gateway has no ${action} of SNS`, request.id);
  }
  const topicArn = parameters.get('TopicArn');
  const members = api.watch.subscriptions
    .filter((subscription) => subscription.topicArn === topicArn)
    .map(({ logicalId, protocol, endpoint, topicArn: arn }) =>
      element('member', [
        element('SubscriptionArn', `${arn}:${logicalId}`),
        element('Owner', api.stack.account),
        element('Protocol', protocol),
        element('Endpoint', endpoint),
        element('TopicArn', arn),
      ]),
    );
  return answerQuery(action, [element('Subscriptions', members)], request.id);
};
