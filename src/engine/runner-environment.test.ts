import { expect, test } from 'vitest';
import { runnerEnvironment } from './runner-environment.ts';

test('a runner sees what it needs and no secret of the server', () => {
  const environment = {
    PATH: '/bin',
    HOME: '/home/x',
    AWS_SECRET_ACCESS_KEY: 's',
    LD_PRELOAD: '/x.so',
    LANG: 'ko_KR.UTF-8',
  };
  expect(runnerEnvironment(environment, '/opt/llama', { CUDA_VISIBLE_DEVICES: '0' })).toEqual({
    LANG: 'ko_KR.UTF-8',
    CUDA_VISIBLE_DEVICES: '0',
    CORRAL_LIBRARY_DIR: '/opt/llama',
  });
  expect(runnerEnvironment(environment, undefined, {})).toEqual({ LANG: 'ko_KR.UTF-8' });
});
