import { dirname } from 'node:path';
import {
  type AccessKey,
  type AwsAccess,
  awsAccess,
  awsEndpoints,
  type ClientSettings,
  type Deployment,
  localEndpoints,
  openDeployment,
} from '@org/admin';
import { findConfigFile, loadProxyConfig, type ProxyConfig, stackNameOf } from '@org/infra/config';
import type { Command } from 'commander';
import { type Invocation, invocationOf } from './invocation.ts';
import { targetText } from './target.ts';
import type { Terminal } from './terminal.ts';

/** The tools of every command. Each is loaded or called only when used. */
export interface Cli {
  readonly terminal: Terminal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How to call it again. */
  readonly invocation: Invocation;
  /** The config that `--config` names. */
  config(): Promise<ProxyConfig>;
  /** The folder of its file. */
  configDirectory(): string;
  /** Settings for AWS clients in a Region, with this machine's credentials. */
  awsSettings(region: string): ClientSettings;
  /** The credentials for which the user typed a code. Undefined if none was asked for. */
  typedCredentials(): Promise<AccessKey | undefined>;
  /** The config's deployment: on AWS, or on the gateway of `--local`. */
  deployment(): Promise<Deployment>;
  /** Whether `--local` was given. */
  isLocal(): boolean;
  /** The deployment's name in questions and reports. */
  target(): Promise<string>;
  /** Whether the command has used it, so that `--local` would have named another. */
  usesDeployment(): boolean;
  close(): Promise<void>;
}

/** The options that every command has. */
export interface GlobalOptions {
  readonly config?: string;
  /** URL of a local gateway. */
  readonly local?: string;
  /** The stack that has the deployment, if it is not the config's own. */
  readonly stack?: string;
}

export function createCli(program: Command, terminal: Terminal, now: () => number): Cli {
  const options = () => program.opts<GlobalOptions>();
  let loaded: Promise<ProxyConfig> | undefined;
  let opened: Promise<Deployment> | undefined;
  let access: AwsAccess | undefined;
  const { ask } = terminal;
  const aws = () => {
    access ??= awsAccess(process.env, ask && ((device) => ask(`Code of the MFA device ${device}`)));
    return access;
  };
  const config = () => {
    loaded ??= loadProxyConfig(options().config);
    return loaded;
  };
  const open = async () => {
    const { local } = options();
    const deployed = await config();
    const { stack = stackNameOf(deployed) } = options();
    const endpoints =
      local === undefined ? awsEndpoints(deployed.region, aws()) : await localEndpoints(local, stack);
    return openDeployment(deployed, endpoints, now, stack);
  };
  const deployment = () => {
    opened ??= open();
    return opened;
  };
  return {
    terminal,
    now,
    invocation: invocationOf(options),
    config,
    configDirectory: () => dirname(findConfigFile(options().config)),
    awsSettings(region) {
      const { credentials, requestHandler } = aws();
      return { region, maxAttempts: 3, credentials, requestHandler };
    },
    typedCredentials: () => aws().typedCredentials(),
    deployment,
    isLocal: () => options().local !== undefined,
    async target() {
      const { name, stack, account, config } = await deployment();
      const { local } = options();
      const { region } = config;
      return targetText(
        stack === name ? name : `${name} in the stack ${stack}`,
        local === undefined ? { kind: 'aws', account, region } : { kind: 'local', url: local },
      );
    },
    usesDeployment: () => opened !== undefined,
    async close() {
      const deployment = await opened?.catch(() => undefined);
      deployment?.close();
    },
  };
}
