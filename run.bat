@echo off
rem Serve laundry with demo data: sets up everything at the first start. Needs Python 3.11 or newer and Node 20 or newer.
setlocal
cd /d "%~dp0"
if not exist .tools\Scripts\uv.exe (
    py -3 -m venv .tools || exit /b 1
    .tools\Scripts\pip install --quiet "uv>=0.9,<1" || exit /b 1
)
.tools\Scripts\uv sync --quiet --locked || exit /b 1
if not exist src\livefloor\pages\laundry\index.html (
    pushd web
    call npm ci --silent || exit /b 1
    call npm run --silent build || exit /b 1
    popd
)
.venv\Scripts\livefloor serve laundry --demo --port 8000
