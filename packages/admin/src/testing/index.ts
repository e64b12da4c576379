export {
  apiGatewayAccount,
  healthyAccount,
  lambdaAccount,
  lifecycle,
  micro,
  notFound,
} from './aws-account.ts';
export { type AwsAnswers, startAws, xmlFailure } from './aws-server.ts';
