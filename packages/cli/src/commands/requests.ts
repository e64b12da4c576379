import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { addRequestsShow } from './requests-show.ts';

export function addRequests(program: Command, cli: Cli): void {
  const requests = program.command('requests').description('look up what became of a request');
  addRequestsShow(requests, cli);
}
