# Tells what an administrator would ask about the machine when the agent does not work. It only reads.
#
# Windows PowerShell 5.1 and PowerShell 7. ASCII only. It collects and never judges. The facts are described in
# doctor-schema.ts, the line they travel in in envelope.ts. What cannot be found out is null, and each fact fails alone.
param([string]$EncodedParameters)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$WarningPreference = 'SilentlyContinue'
$VerbosePreference = 'SilentlyContinue'
$InformationPreference = 'SilentlyContinue'
$ProgressPreference = 'SilentlyContinue'

$MaxEvents = 200
$MaxMessageLength = 2000
$MaxMembers = 1000
$EventLogKey = 'Registry::HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\EventLog\Application'
$Invariant = [Globalization.CultureInfo]::InvariantCulture
$Problems = New-Object System.Collections.ArrayList

# ---------------------------------------------------------------------------------------------------------- values

function Format-Time($value) {
    if ($null -eq $value) { return $null }
    return ([DateTime]$value).ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss.fffZ', $Invariant)
}

function Format-Text($value, [int]$length) {
    if ($null -eq $value) { return $null }
    $text = [string]$value
    if ($text.Length -gt $length) { return $text.Substring(0, $length) }
    return $text
}

# One fact; null when it cannot be found out, which is then among the problems.
function Read-Fact([string]$name, [scriptblock]$stage) {
    try { return . $stage }
    catch {
        [void]$Problems.Add([ordered]@{ fact = $name; id = Format-Text $_.FullyQualifiedErrorId 200 })
        return $null
    }
}

# ---------------------------------------------------------------------------------------------------------- account

# Groups by SID, since their names are translated.
function Test-Member([string]$sid) {
    try {
        $identity = [Security.Principal.WindowsIdentity]::GetCurrent()
        $principal = New-Object Security.Principal.WindowsPrincipal $identity
        return $principal.IsInRole((New-Object Security.Principal.SecurityIdentifier $sid))
    }
    catch { return $null }
}

# In a token that User Account Control has filtered the group is there for refusals only.
function Test-HeldBack {
    $identity = [Security.Principal.WindowsIdentity]::GetCurrent()
    $claims = @($identity.Claims | Where-Object { $_.Type -like '*/denyonlysid' -and $_.Value -eq 'S-1-5-32-544' })
    return $claims.Count -gt 0
}

function Read-Account {
    return [ordered]@{
        name                  = Read-Fact 'account' { [string][Security.Principal.WindowsIdentity]::GetCurrent().Name }
        isAdministrator       = Test-Member 'S-1-5-32-544'
        isHeldBack            = Read-Fact 'heldBack' { Test-HeldBack }
        isHyperVAdministrator = Test-Member 'S-1-5-32-578'
        isEventLogReader      = Test-Member 'S-1-5-32-573'
    }
}

# ---------------------------------------------------------------------------------------------------------- machine

function Read-ServiceState([string]$name) {
    try { return [string](Get-Service -Name $name).Status }
    catch {
        if ([string]$_.FullyQualifiedErrorId -like 'NoServiceFoundForGivenName*') { return 'Missing' }
        return $null
    }
}

# Listed, not imported: that would only show what a reading shows as well. Empty when there is none.
function Read-ModuleVersion([string]$name) {
    $found = @(Get-Module -ListAvailable -Name $name)
    if ($found.Count -eq 0) { return '' }
    return [string]$found[0].Version
}

# One name and one value are no list of Windows PowerShell, hence the object arrays.
function Read-Policies {
    return , [object[]]@(Get-ExecutionPolicy -List | ForEach-Object {
            [ordered]@{ scope = [string]$_.Scope; policy = [string]$_.ExecutionPolicy }
        })
}

function Read-Members([string]$sid) {
    $sids = @(Get-LocalGroupMember -SID $sid | ForEach-Object { [string]$_.SID })
    if ($sids.Count -gt $MaxMembers) { return $null }
    return , [object[]]$sids
}

# A group managed service account is in the directory, so its SID has to be asked for.
function Read-AccountSid([string]$name) {
    $account = New-Object Security.Principal.NTAccount $name
    return [string]$account.Translate([Security.Principal.SecurityIdentifier])
}

function Test-EventSource([string]$service) {
    # Without the registry of Windows there is no event log either.
    $null = Get-Item -LiteralPath $EventLogKey
    return Test-Path -LiteralPath "$EventLogKey\$service"
}

function Read-AccessList([string]$path) {
    return [ordered]@{ path = $path; sddl = Read-Fact 'sddl' { [string](Get-Acl -LiteralPath $path).Sddl } }
}

function Read-Events([string]$service) {
    $filter = @{ LogName = 'Application'; ProviderName = $service }
    return , [object[]]@(Get-WinEvent -FilterHashtable $filter -MaxEvents $MaxEvents | ForEach-Object {
            [ordered]@{
                at      = Format-Time $_.TimeCreated
                id      = [int]$_.Id
                level   = [int]$_.Level
                message = Format-Text $_.Message $MaxMessageLength
            }
        })
}

function Read-Everything {
    $service = [string]$Parameters.service
    $facts = [ordered]@{
        schema               = 1
        kind                 = 'hyperv.doctor-facts'
        ps                   = [string]$PSVersionTable.PSVersion
        x64                  = [Environment]::Is64BitProcess
        languageMode         = [string]$ExecutionContext.SessionState.LanguageMode
        account              = Read-Account
        policies             = Read-Fact 'policies' { Read-Policies }
        vmms                 = Read-ServiceState 'vmms'
        hyperVModule         = Read-Fact 'module' { Read-ModuleVersion 'Hyper-V' }
        hyperVAdministrators = Read-Fact 'members' { Read-Members 'S-1-5-32-578' }
        eventLogReaders      = Read-Fact 'members' { Read-Members 'S-1-5-32-573' }
        serviceAccount       = $null
        eventSource          = Read-Fact 'eventSource' { Test-EventSource $service }
        accessLists          = [object[]]@(([string]$Parameters.paths).Split('|') | Where-Object { $_ -ne '' } | ForEach-Object { Read-AccessList $_ })
        events               = $null
    }
    if ($true -eq $Parameters.events) { $facts.events = Read-Fact 'events' { Read-Events $service } }
    # Last, for a domain controller may take its time.
    $account = [string]$Parameters.account
    if ($account -ne '') { $facts.serviceAccount = Read-Fact 'serviceAccount' { Read-AccountSid $account } }
    $facts.problems = [object[]]$Problems.ToArray()
    return $facts
}

# -------------------------------------------------------------------------------------- the answer, as in inventory.ps1

function ConvertTo-Ascii([string]$text) {
    return [regex]::Replace($text, '[^\x20-\x7E]', { param($match) '\u{0:x4}' -f [int]$match.Value[0] })
}

function ConvertTo-Record($value) {
    return ConvertTo-Ascii (ConvertTo-Json -InputObject $value -Depth 8 -Compress)
}

function Get-Sha256([byte[]]$bytes) {
    # Where only validated cryptography is allowed, the managed implementation refuses to work.
    try { $hash = [Security.Cryptography.SHA256]::Create() }
    catch { $hash = New-Object Security.Cryptography.SHA256CryptoServiceProvider }
    return [BitConverter]::ToString($hash.ComputeHash($bytes)).Replace('-', '').ToLowerInvariant()
}

# One line of ASCII that can be found in noise and proves itself whole.
function Write-Envelope([string]$json) {
    $bytes = [Text.Encoding]::ASCII.GetBytes($json)
    $packed = New-Object System.IO.MemoryStream
    $gzip = New-Object System.IO.Compression.GZipStream $packed, ([IO.Compression.CompressionMode]::Compress)
    $gzip.Write($bytes, 0, $bytes.Length)
    $gzip.Dispose()
    $body = [Convert]::ToBase64String($packed.ToArray())
    [Console]::Out.Write("`n<HVCP1 {0} {1} {2} HVCP>`n", $bytes.Length, (Get-Sha256 $bytes), $body)
    [Console]::Out.Flush()
}

$Parameters = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($EncodedParameters)) | ConvertFrom-Json
Write-Envelope (ConvertTo-Record (Read-Everything))
