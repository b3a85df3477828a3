@"%~dp0..\node.exe" "%~dp0..\checkpoint-agent.mjs" %*
