@rem The command line of the proxy; it sets itself up, with Node 20 or newer and npm.
@node "%~dp0scripts\bootstrap.mjs" run packages/cli/src/index.ts %*
