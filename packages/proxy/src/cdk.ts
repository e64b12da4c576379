export { BedrockProxy, type BedrockProxyProps } from '@org/infra/stack';
