# A pretended Windows in the place of setup\windows.ps1: drive C is a folder, everything else is in machine.json.
# It runs in PowerShell 7 on any system. What would change the machine is changed there, and told in `changes`.

$StandInHome = $env:SETUP_STAND_IN
$StandIn = Get-Content -LiteralPath "$StandInHome/machine.json" -Raw | ConvertFrom-Json -AsHashtable
foreach ($letter in $StandIn.drives.Keys) {
    $root = "$StandInHome/drive-$letter"
    if ($letter -eq 'C') { $root = "$StandInHome/drive" }
    $null = [IO.Directory]::CreateDirectory($root)
    # msi.ps1 comes to load this twice.
    if (Get-PSDrive -Name $letter -ErrorAction SilentlyContinue) { continue }
    $null = New-PSDrive -Name $letter -PSProvider FileSystem -Root $root -Scope Global -WhatIf:$false -Confirm:$false
}

function Save-Machine { [IO.File]::WriteAllText("$StandInHome/machine.json", (ConvertTo-Json $StandIn -Depth 10)) }

function Add-Change([string]$text) {
    $StandIn.changes += $text
    Save-Machine
}

function Get-Fault([string]$name) { return $StandIn.faults[$name] }

function Get-PackageFolder { return (Split-Path -Parent $PSScriptRoot).Replace("$StandInHome/drive/", 'C:\').Replace('/', '\') }

function Read-Machine { return $StandIn.facts }

function Read-Drive([string]$path) { return $StandIn.drives[$path.Substring(0, 1).ToUpperInvariant()] }

# --------------------------------------------------------------------------------------------------------- programs

# As CommandLineToArgvW does: backslashes mean something before a quote only.
function Split-CommandLine([string]$line) {
    $arguments = [Collections.Generic.List[string]]::new()
    $at = 0
    while ($at -lt $line.Length) {
        if ($line[$at] -eq ' ') { $at++; continue }
        $text = ''
        $isQuoted = $false
        while ($at -lt $line.Length -and ($isQuoted -or $line[$at] -ne ' ')) {
            $slashes = 0
            while ($at -lt $line.Length -and $line[$at] -eq '\') { $slashes++; $at++ }
            if ($at -lt $line.Length -and $line[$at] -eq '"') {
                $text += '\' * [Math]::Floor($slashes / 2)
                if ($slashes % 2 -eq 1) { $text += '"' } else { $isQuoted = -not $isQuoted }
                $at++
            }
            else {
                $text += '\' * $slashes
                if ($at -lt $line.Length -and ($isQuoted -or $line[$at] -ne ' ')) { $text += $line[$at]; $at++ }
            }
        }
        $arguments.Add($text)
    }
    return , $arguments.ToArray()
}

function Invoke-Program([string]$path, [string[]]$arguments, [int]$limitSeconds) {
    $line = Join-Arguments $arguments
    $arrived = Split-CommandLine $line
    if (($arrived -join "`n") -ne ($arguments -join "`n")) { throw "these arguments do not arrive as they are: $line" }
    if ($path -eq 'C:\Windows\System32\sc.exe') { return @{ code = (Invoke-StandInSc $arrived $line); out = ''; errors = '' } }
    if ($path.EndsWith('\node.exe')) { return Invoke-StandInAgent (Split-Parent $path) $arrived }
    throw "no such program: $path"
}

function Start-Aside([string]$path, [string[]]$arguments) { Add-Change "aside $path $(Join-Arguments $arguments)" }

function Test-RunsFrom([int]$processId, [string]$folder) { return $processId -eq (Get-Fault 'runs from the program') }

function Get-PowerShellPath { return 'C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe' }

function Split-Parent([string]$path) { return $path.Substring(0, $path.LastIndexOf('\')) }

function Invoke-StandInAgent([string]$folder, [string[]]$arguments) {
    if (Get-Fault 'node') { throw (Get-Fault 'node') }
    $version = Read-Version $folder
    $asked = ($arguments | Select-Object -Skip 1) -join ' '
    if ($asked -eq 'version') { return @{ code = 0; out = "checkpoint-agent $version"; errors = '' } }
    if ($asked -eq 'config init --stdout') { return @{ code = 0; out = $StandIn.starter; errors = '' } }
    $config = Get-Content -LiteralPath $arguments[4] -Raw
    if ($config.Contains("unknown-to: $version")) {
        return @{ code = 78; out = ''; errors = "$($arguments[4]):1:1  unknown-to: unknown key`n1 problem`n" }
    }
    $listen = '127.0.0.1:9753                  # default'
    if ($config -match '(?m)^web: \{ listen: (.*) \}') { $listen = $Matches[1] }
    return @{ code = 0; out = "rules: {}`nweb:`n  listen: $listen`n"; errors = '' }
}

# ------------------------------------------------------------------------------------------------- services by sc.exe

$ServicesPath = 'SYSTEM\CurrentControlSet\Services'

function Invoke-StandInSc([string[]]$arguments, [string]$line) {
    $verb = $arguments[0]
    $name = $arguments[1]
    Add-Change "sc $line"
    if ($null -ne $StandIn.faults["sc $verb"]) { return [int]$StandIn.faults["sc $verb"] }
    $key = "$ServicesPath\$name"
    $isThere = $StandIn.registry.ContainsKey($key)
    if ($verb -eq 'create') {
        if ($isThere) { return 1073 }
        $StandIn.registry[$key] = @{}
        $StandIn.services[$name] = 'Stopped'
    }
    elseif (-not $isThere) { return 1060 }
    switch ($verb) {
        { $_ -in 'create', 'config' } { Set-StandInService $StandIn.registry[$key] $arguments }
        'description' { $StandIn.registry[$key].Description = $arguments[2] }
        'sidtype' { $StandIn.registry[$key].ServiceSidType = 1 }
        'failureflag' { $StandIn.registry[$key].FailureActionsOnNonCrashFailures = 1 }
        'failure' { $StandIn.registry[$key].FailureActions = ConvertTo-FailureActions $arguments[3] $arguments[5] }
        'delete' { Remove-StandInService $name $key }
        'start' { return Start-StandInService $name $key }
        'stop' {
            if ($StandIn.services[$name] -eq 'Stopped') { return 1062 }
            if ((Read-ServiceStatus $name) -eq 'StartPending') { return 1061 }
            if (-not (Get-Fault 'never stops')) { $StandIn.services[$name] = 'Stopped' }
        }
    }
    Save-Machine
    return 0
}

function Set-StandInService($values, [string[]]$arguments) {
    for ($at = 2; $at -lt $arguments.Length; $at += 2) {
        switch ($arguments[$at]) {
            'binPath=' { $values.ImagePath = $arguments[$at + 1] }
            'obj=' { $values.ObjectName = $arguments[$at + 1] }
            'DisplayName=' { $values.DisplayName = $arguments[$at + 1] }
            'start=' {
                $values.Start = 2
                $values.DelayedAutostart = 1
            }
        }
    }
}

function ConvertTo-FailureActions([string]$reset, [string]$actions) {
    $numbers = @([uint32]$reset, 0, 0, 3, 20)
    $parts = $actions.Split('/')
    for ($at = 0; $at -lt $parts.Length; $at += 2) { $numbers += 1, [uint32]$parts[$at + 1] }
    return @($numbers | ForEach-Object { [BitConverter]::GetBytes([uint32]$_) } | ForEach-Object { [int]$_ })
}

# Somebody has it open in services.msc: it stays until they close it.
function Remove-StandInService([string]$name, [string]$key) {
    if (Get-Fault 'service held open') {
        $StandIn.registry[$key].DeleteFlag = 1
        return
    }
    $StandIn.registry.Remove($key)
    $StandIn.services.Remove($name)
}

function Start-StandInService([string]$name, [string]$key) {
    $image = $StandIn.registry[$key].ImagePath
    $folder = Split-Parent ($image.Substring(1, $image.IndexOf('"', 1) - 1))
    $version = Read-Version $folder
    if ($version -eq '') { return 2 }
    $data = [regex]::Match($image, '--state-dir "(.*)\\state"').Groups[1].Value
    if (-not (Open-StandInDatabase "$data\state\agent.db" $version)) { return 0 }
    Microsoft.PowerShell.Management\Set-Content -LiteralPath "$data\logs\agent-output.log" -Value "version $version"
    $StandIn.services[$name] = 'Running'
    if (@(Get-Fault 'broken versions') -contains $version) { $StandIn.services[$name] = 'Stopped' }
    Save-Machine
    return 0
}

# The first line says which version has it, the others are what it knows. An agent ends when a newer one has had it.
function Open-StandInDatabase([string]$path, [string]$version) {
    $lines = @("as version $version left it")
    if (Test-Path -LiteralPath $path) {
        $last, $known = @(Get-Content -LiteralPath $path)
        if ((Compare-AgentVersion ([string]$last).Split(' ')[2] $version) -gt 0) { return $false }
        $lines += @($known)
    }
    Microsoft.PowerShell.Management\Set-Content -LiteralPath $path -Value $lines
    return $true
}

function Read-ServiceStatus([string]$name) {
    if (-not $StandIn.services.ContainsKey($name)) { return 'Missing' }
    if ($StandIn.services[$name] -eq 'StartPending' -and $Clock.seconds -ge (Get-Fault 'up after seconds')) { $StandIn.services[$name] = 'Running' }
    return $StandIn.services[$name]
}

function Test-Healthy([string]$url) {
    $StandIn.asked = $url
    Save-Machine
    return @($StandIn.services.Values) -contains 'Running' -and -not (Get-Fault 'never answers')
}

function Test-Port([string]$address, [int]$port) { return [string]$StandIn.ports["$port"] }

function Read-PortOwner([int]$port) { return [string]$StandIn.portOwners["$port"] }

$Clock = @{ seconds = 0 }

function Get-Second { return $Clock.seconds }

function Start-Sleep([int]$Seconds) { $Clock.seconds += $Seconds }

# --------------------------------------------------------------------------------------------------------- registry

function Read-RegistryKey([string]$key) {
    if (-not $StandIn.registry.ContainsKey($key)) { return $null }
    return $StandIn.registry[$key]
}

function Read-ValueBelow([string]$key, [string]$name) {
    $values = @{}
    foreach ($path in $StandIn.registry.Keys) {
        if ((Split-Parent $path) -eq $key) { $values[$path.Substring($key.Length + 1)] = $StandIn.registry[$path][$name] }
    }
    return $values
}

function Write-RegistryValue([string]$key, [string]$name, [string]$type, $value) {
    if (-not $StandIn.registry.ContainsKey($key)) { $StandIn.registry[$key] = @{} }
    $StandIn.registry[$key][$name] = $value
    Add-Change "registry $key\$name = $type $value"
}

function Remove-RegistryKey([string]$key) {
    $StandIn.registry.Remove($key)
    Add-Change "registry $key removed"
}

function Send-EnvironmentChange { Add-Change 'programs told of the environment' }

# ------------------------------------------------------------------------------------------------------------ files

function Read-Sddl([string]$path) {
    if ($StandIn.security.ContainsKey($path)) { return $StandIn.security[$path] }
    return 'O:BAG:SYD:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIID;0x1200a9;;;BU)'
}

function Read-Owner([string]$path) {
    $owner = Get-Owner (Read-Sddl $path)
    if ($owner -eq 'LA') { return 'S-1-5-21-1-2-3-500' }
    return $owner
}

# Windows adds a group, and a flag that says that its rules for inheritance were followed.
function Write-Sddl([string]$path, [string]$sddl) {
    $StandIn.security[$path] = $sddl.Replace('D:PAI', 'G:SYD:PAI')
    Add-Change "security of $path $sddl"
}

function New-Folder([string]$path, [string]$sddl) {
    $null = New-Item -ItemType Directory -Path $path -Force
    Add-Change "folder $path"
    Write-Sddl $path $sddl
}

function Remove-Tree([string]$path) {
    if ((Get-Fault 'in use') -eq $path) { throw (New-Object IO.IOException "The process cannot access the file '$path' because it is being used by another process.") }
    Remove-Item -LiteralPath $path -Recurse -Force
    foreach ($known in @($StandIn.security.Keys)) { if (Test-Inside $known $path) { $StandIn.security.Remove($known) } }
    Add-Change "removed $path"
}

function Rename-Item {
    [CmdletBinding()]
    param([string]$LiteralPath, [string]$NewName)
    if ((Get-Fault 'in use') -eq $LiteralPath) { throw (New-Object IO.IOException "The process cannot access the file because it is being used by another process.") }
    Microsoft.PowerShell.Management\Rename-Item @PSBoundParameters
    $to = "$(Split-Parent $LiteralPath)\$NewName"
    foreach ($known in @($StandIn.security.Keys)) {
        if (-not (Test-Inside $known $LiteralPath)) { continue }
        $StandIn.security[$to + $known.Substring($LiteralPath.Length)] = $StandIn.security[$known]
        $StandIn.security.Remove($known)
    }
    Add-Change "renamed $LiteralPath to $NewName"
}

function Copy-Item {
    [CmdletBinding()]
    param([string]$LiteralPath, [string]$Destination)
    $StandIn.copied += 1
    if ($null -ne (Get-Fault 'disk full after') -and $StandIn.copied -gt (Get-Fault 'disk full after')) {
        throw (New-Object IO.IOException 'There is not enough space on the disk.')
    }
    Microsoft.PowerShell.Management\Copy-Item @PSBoundParameters
    if ((Get-Fault 'damages') -eq $Destination.Substring($Destination.LastIndexOf('\') + 1)) { Microsoft.PowerShell.Management\Set-Content -LiteralPath $Destination -Value 'damaged' }
    if ($Destination -notlike '*.new\*') { Add-Change "copied $Destination" }
}

function Move-Item {
    [CmdletBinding()]
    param([string]$LiteralPath, [string]$Destination)
    if ((Get-Fault 'in use') -eq $LiteralPath) { throw (New-Object IO.IOException "The process cannot access the file because it is being used by another process.") }
    Microsoft.PowerShell.Management\Move-Item @PSBoundParameters
    Add-Change "moved $LiteralPath to $Destination"
}

function Set-Content {
    [CmdletBinding()]
    param([string]$LiteralPath, $Value, [string]$Encoding, [switch]$NoNewline)
    Microsoft.PowerShell.Management\Set-Content @PSBoundParameters
    Add-Change "written $LiteralPath"
}

function Unblock-Folder([string]$path) { Add-Change "unblocked $path" }

function Enter-SystemFolder { $null = 'there is no other process to stand in its way' }

# ----------------------------------------------------------------------------------------------------- local groups

function Stop-StandIn($cmdlet, [string]$id, [string]$text) {
    $cmdlet.ThrowTerminatingError([Management.Automation.ErrorRecord]::new([Exception]::new($text), $id, 'NotSpecified', $null))
}

function Get-LocalGroup {
    [CmdletBinding()]
    param([string]$SID)
    if (Get-Fault 'groups cannot be read') { Stop-StandIn $PSCmdlet 'NotSpecified' (Get-Fault 'groups cannot be read') }
    if (-not $StandIn.groups.ContainsKey($SID)) { Stop-StandIn $PSCmdlet 'GroupNotFound' "Group $SID was not found." }
    return [pscustomobject]@{ Name = $StandIn.groups[$SID].name; SID = $SID }
}

function Get-LocalGroupMember {
    [CmdletBinding()]
    param([string]$SID)
    if (Get-Fault 'members cannot be listed') { Stop-StandIn $PSCmdlet 'NotSpecified' 'Failed to compare two elements in the array.' }
    return $StandIn.groups[$SID].members | ForEach-Object {
        $name = $_
        if (-not $_.StartsWith('S-')) { $sid = 'S-1-5-21-1-2-3-1104' } else { $sid = $_ }
        [pscustomobject]@{ Name = $name; SID = $sid }
    }
}

function Add-LocalGroupMember {
    [CmdletBinding()]
    param([string]$SID, [string]$Member)
    if (@($StandIn.groups[$SID].members) -contains $Member) { Stop-StandIn $PSCmdlet 'MemberExists' "$Member is already a member." }
    $StandIn.groups[$SID].members += $Member
    Add-Change "group $SID + $Member"
}

function Remove-LocalGroupMember {
    [CmdletBinding()]
    param([string]$SID, [string]$Member)
    if (@($StandIn.groups[$SID].members) -notcontains $Member) { Stop-StandIn $PSCmdlet 'MemberNotFound' "$Member is not a member." }
    $StandIn.groups[$SID].members = @($StandIn.groups[$SID].members | Where-Object { $_ -ne $Member })
    Add-Change "group $SID - $Member"
}

# --------------------------------------------------------------------------------------------------------- firewall

function Get-NetFirewallRule {
    [CmdletBinding()]
    param([string]$Name)
    if ($StandIn.firewall.ContainsKey($Name)) { return [pscustomobject]$StandIn.firewall[$Name] }
    Write-Error "No rule $Name." -ErrorAction $ErrorActionPreference
}

function Get-NetFirewallAddressFilter { return $input }

function Get-NetFirewallApplicationFilter { return $input }

function Get-NetFirewallPortFilter { return $input }

function New-NetFirewallRule {
    [CmdletBinding()]
    param([string]$Name, [string]$DisplayName, [string]$Description, [string]$Direction, [string]$Action, [string]$Protocol, [string]$LocalPort, [string]$Program, [string[]]$RemoteAddress)
    $StandIn.firewall[$Name] = @{ Enabled = 'True'; LocalPort = $LocalPort; Program = $Program; RemoteAddress = @($RemoteAddress | ForEach-Object { $_ -replace '/16$', '/255.255.0.0' }) }
    Add-Change "firewall $Name = $Direction $Action $Protocol $LocalPort $Program from $($RemoteAddress -join ', ')"
}

function Set-NetFirewallRule {
    [CmdletBinding()]
    param([string]$Name, [string]$Enabled, [string]$Protocol, [string]$LocalPort, [string]$Program, [string[]]$RemoteAddress)
    $StandIn.firewall[$Name] = @{ Enabled = $Enabled; LocalPort = $LocalPort; Program = $Program; RemoteAddress = $RemoteAddress }
    Add-Change "firewall $Name set: $Protocol $LocalPort $Program from $($RemoteAddress -join ', ')"
}

function Remove-NetFirewallRule {
    [CmdletBinding()]
    param([string]$Name)
    $StandIn.firewall.Remove($Name)
    Add-Change "firewall $Name removed"
}
