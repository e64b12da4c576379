export { type DeployedRoute, readRoute } from './deployed-route.ts';
export { type GatewayOptions, type LocalGateway, startGateway } from './gateway.ts';
export { functionEnvironment } from './lambda/environment.ts';
export { closeServer, listenOnLoopback } from './loopback.ts';
export { readCloudAssembly } from './template/assembly.ts';
export type { FunctionDefinition } from './template/functions.ts';
export type { TableDefinition } from './template/tables.ts';
export { parseTemplate, type Template, TemplateError } from './template/template.ts';
