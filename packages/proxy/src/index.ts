export {
  type AuthoredPlan,
  ConfigError,
  type ConfigIssue,
  defineProxyConfig,
  loadProxyConfig,
  type ProxyConfig,
} from '@org/infra/config';
