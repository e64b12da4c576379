export {
  type AuthoredPlan,
  accessLogGroupOf,
  authorizerLogGroupOf,
  defineProxyConfig,
  Plan,
  type ProxyConfig,
  parseProxyConfig,
  type Quota,
  requestLogGroupOf,
  stackDescriptionOf,
  stackNameOf,
  usualQualifier,
} from './config.ts';
export { ConfigError, type ConfigIssue } from './config-error.ts';
export { configFileIn, findConfigFile, loadProxyConfig } from './config-file.ts';
export { configInTemplate } from './deployed-config.ts';
export { describeIssues } from './issues.ts';
export { KeyName, KeyText, keyOutputName, Name, sharedOutputName, signInKeySuffix } from './name.ts';
export {
  Email,
  hasNotices,
  type Receiver,
  type ReceiverProtocol,
  receiversOf,
  Webhook,
  webhookDelivery,
} from './notify.ts';
export type { PlanGuardrail } from './plan-guardrail.ts';
export { checkPrices, limitsUsd, pricesField } from './prices.ts';
export { promisedThrottle } from './promised-throttle.ts';
export { userAttributes } from './sign-in.ts';
export { tagsOf } from './tags.ts';
