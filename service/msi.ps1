<#
.SYNOPSIS
    What Windows Installer runs when it has laid down the files, and before it takes them away. People run install.ps1.

.DESCRIPTION
    The first word is Install, TakeBack, Repair or Uninstall. NAME=VALUE follows for each property of the MSI; an empty value
    is one that nobody gave. What is said goes to the end of the file that LOG_FILE names, since nobody sees a window of it.

    Exit codes: as install.ps1 and uninstall.ps1 have them, but 0 where they have 3 (something is left to do): Windows
    Installer would take everything back.
#>
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$action = [string]$args[0]
$given = @{}
foreach ($word in @($args | Select-Object -Skip 1)) {
    $name, $value = ([string]$word).Split([char[]]'=', 2)
    $given[$name] = $value
}

function Add-LogLine([string]$text) { [IO.File]::AppendAllText($given.LOG_FILE, "$text`r`n") }

function Stop-Refused([string]$text) {
    Add-LogLine "  refused    $text"
    exit 2
}

function Test-Flag([string]$name) {
    if ($given[$name] -notin '', '0', '1') { Stop-Refused "${name}=$($given[$name]): expected 0 or 1" }
    return $given[$name] -eq '1'
}

# Parameters of install.ps1 by property. What is not given is not handed on, so that an update keeps what is there.
$Parameters = @{
    CONFIG_FILE     = 'ConfigFile'
    LISTEN_ADDR     = 'ListenAddress'
    LISTEN_PORT     = 'ListenPort'
    SERVICE_ACCOUNT = 'ServiceAccount'
    REMOTE_ADDR     = 'RemoteAddress'
}

# The service was stopped for the new files: when it runs, the new version has had the database.
function Restore-Before {
    foreach ($part in 'say', 'names', 'windows', 'service', 'machine', 'files', 'data', 'preflight') { . "$PSScriptRoot\setup\$part.ps1" }
    $installed = Find-Installed $AgentName
    if ($null -eq $installed -or (Read-ServiceStatus $AgentName) -in 'Stopped', 'Missing') { return }
    Invoke-Change 'stop' "service $AgentName" { Stop-Agent $AgentName }
    $state = "$($installed.dataDir)\state"
    $copy = Get-CopyFolder $state (Read-Version (Get-PackageFolder))
    if (Test-Path -LiteralPath $copy) { Invoke-Change 'restore' 'database as it was' { Restore-Database $state $copy } }
}

$said = ($given.Keys | Where-Object { $_ -ne 'LOG_FILE' -and $given[$_] -ne '' } | Sort-Object | ForEach-Object { "$_=$($given[$_])" }) -join ' '
Add-LogLine ("$([DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ')) $action $said").TrimEnd()

# Always the folder of the MSI: a service that is installed elsewhere is not its own, and is refused.
$options = @{ InstallDir = "$env:ProgramFiles\hyperv-checkpoint-agent" }
switch ($action) {
    'Install' {
        $script = 'install.ps1'
        $options.CopyDatabase = $true
        foreach ($name in $Parameters.Keys) { if ($given[$name] -ne '') { $options[$Parameters[$name]] = $given[$name] } }
        if (Test-Flag 'FIREWALL') { $options.Firewall = $true }
        if (-not (Test-Flag 'START')) { $options.NoStart = $true }
    }
    # Windows Installer takes the files back, and starts the service again that was there before.
    'TakeBack' {
        try { Restore-Before *>&1 | ForEach-Object { Add-LogLine ([string]$_) } }
        catch { Add-LogLine "  left       database as the new version left it: $($_.Exception.Message)" }
        if ($given.SERVICE_BEFORE -ne '') { exit 0 }
        $script = 'uninstall.ps1'
        $options.KeepProgram = $true
    }
    # Sets right what is not, and starts the service again. Nothing that is given changes what is there.
    'Repair' { $script = 'install.ps1' }
    'Uninstall' {
        $script = 'uninstall.ps1'
        $options.KeepProgram = $true
        if (Test-Flag 'PURGE') { $options.Purge = $true }
    }
    default { Stop-Refused "expected Install, TakeBack, Repair or Uninstall, and not: $action" }
}

& "$PSScriptRoot\$script" @options *>&1 | ForEach-Object { Add-LogLine ([string]$_) }
$code = $LASTEXITCODE
if ($code -eq 3) { $code = 0 }
exit $code
