# Names, paths and texts that are made from one another. Nothing here looks at the machine or changes it.

$AgentName = 'hyperv-checkpoint-agent'
# Folders and files of which nobody but these may be the owner.
$TrustedOwners = 'S-1-5-18', 'S-1-5-32-544'
$MaxFolderLength = 120

# As Windows makes it for "NT SERVICE\<name>", whether there is such a service or not.
function Get-ServiceSid([string]$name) {
    $bytes = [Text.Encoding]::Unicode.GetBytes($name.ToUpperInvariant())
    $hash = [Security.Cryptography.SHA1]::Create().ComputeHash($bytes)
    $parts = foreach ($at in 0, 4, 8, 12, 16) { [BitConverter]::ToUInt32($hash, $at) }
    return 'S-1-5-80-' + ($parts -join '-')
}

# One command line from separate arguments, so that programs of Windows take it apart into the same again.
function Join-Arguments([string[]]$arguments) {
    $quoted = foreach ($argument in $arguments) {
        if ($argument -match '[\x00-\x1f]') { Stop-Failed 'an argument of a program holds a control character' }
        if ($argument -match '^[^\s"]+$') { $argument }
        else { '"' + (($argument -replace '(\\*)"', '$1$1\"') -replace '(\\+)$', '$1$1') + '"' }
    }
    return $quoted -join ' '
}

# The command line of the service. Paths hold no quotes and no percent signs; see Resolve-Folder.
function Get-ImagePath([string]$service, [string]$installDir, [string]$dataDir) {
    return '"{0}\node.exe" "{0}\service-host.mjs" --service {2} --agent "{0}\checkpoint-agent.mjs" --log-dir "{1}\logs" -- --config "{1}\agent.yml" --state-dir "{1}\state"' -f $installDir, $dataDir, $service
}

# The folders that such a command line names; $null when it is not one of these.
function Read-ImagePath([string]$service, [string]$imagePath) {
    $match = [regex]::Match($imagePath, '^"([^"]+)\\node\.exe" .* --state-dir "([^"]+)\\state"$')
    if (-not $match.Success) { return $null }
    $found = @{ installDir = $match.Groups[1].Value; dataDir = $match.Groups[2].Value }
    if ((Get-ImagePath $service $found.installDir $found.dataDir) -ne $imagePath) { return $null }
    return $found
}

function Test-Inside([string]$path, [string]$folder) {
    return "$path\".StartsWith("$folder\", [StringComparison]::OrdinalIgnoreCase)
}

# A folder below a drive, written in one way. Refused is what a command line, the PATH or Windows itself would stumble over.
function Resolve-Folder([string]$parameter, [string]$text) {
    $path = $text.Replace('/', '\').TrimEnd('\')
    $why = ''
    if ($path -notmatch '^[A-Za-z]:\\') { $why = 'give it in full, on a drive of this machine, such as C:\Tools\agent' }
    elseif ($path.Substring(2) -match '[\x00-\x1f"<>|?*:;%\[\]`]') { $why = 'these characters cannot be used: " < > | ? * : ; % [ ] `' }
    elseif ($path.Length -gt $MaxFolderLength) { $why = "it is longer than $MaxFolderLength characters" }
    elseif ($path.Substring(3) -match '(^|\\)(\.{1,2}|[^\\]*[ .])?(\\|$)') { $why = 'a part of it is empty, is . or .., or ends with a blank or a dot' }
    elseif ($path.Substring(3) -match '(^|\\)(con|prn|aux|nul|com\d|lpt\d)(\.[^\\]*)?(\\|$)') { $why = 'Windows keeps such names for devices' }
    else {
        foreach ($folder in $env:SystemRoot, $env:ProgramFiles, ${env:ProgramFiles(x86)}, $env:ProgramData, "$env:SystemDrive\Users") {
            if ([string]$folder -ne '' -and (Test-Inside $folder $path)) { $why = "Windows itself needs $folder" }
        }
        if (Test-Inside $path $env:SystemRoot) { $why = 'it is inside the folder of Windows' }
    }
    if ($why -ne '') { Stop-Refused "$parameter $text`: $why" }
    return $path
}

function Test-ServiceName([string]$name) { return $name -match '^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$' }

# What kind of account a name is. Only those without a password can be chosen here.
function Get-AccountKind([string]$name, [string]$service) {
    if ($name -eq "NT SERVICE\$service") { return 'virtual' }
    if ($name -eq 'LocalSystem') { return 'system' }
    if ($name -match '^[^\\/@"%\s]+\\[^\\/@"%]+\$$') { return 'gmsa' }
    return 'other'
}

function Resolve-Account([string]$text, [string]$service) {
    $name = $text
    if ($text -eq 'Virtual') { $name = "NT SERVICE\$service" }
    $kind = Get-AccountKind $name $service
    if ($kind -eq 'other') {
        Stop-Refused ("-ServiceAccount $text`: expected Virtual, LocalSystem, or a group managed service account such as CONTOSO\checkpoints$. " +
            'An account with a password is not offered: it would have to be stored, and changed everywhere when it expires.')
    }
    if ($kind -eq 'system') { $name = 'LocalSystem' }
    return @{ name = $name; kind = $kind }
}

# Owner and permissions of a folder: SYSTEM and Administrators everything, the service what it needs, nobody else
# anything, and nothing from the folder above. All by SID, since names are translated.
function Get-DataSddl([string]$serviceSid, [bool]$isWritten) {
    $rights = '0x1200a9'
    if ($isWritten) { $rights = '0x1301bf' }
    return "O:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;$rights;;;$serviceSid)"
}

# Of the program: everybody on the machine may run it, and only administrators may change what a service runs.
function Get-ProgramSddl { return 'O:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)' }

function Get-Owner([string]$sddl) {
    $match = [regex]::Match($sddl, '^O:(S-[0-9-]+|[A-Z]{2})')
    switch ($match.Groups[1].Value) {
        'BA' { return 'S-1-5-32-544' }
        'SY' { return 'S-1-5-18' }
        default { return $match.Groups[1].Value }
    }
}

# Whether two descriptors say the same of owner and permissions. Windows adds a group and may order flags differently.
function Test-SameSddl([string]$one, [string]$other) {
    return (Format-Sddl $one) -eq (Format-Sddl $other)
}

function Format-Sddl([string]$sddl) {
    $match = [regex]::Match($sddl, 'D:([A-Z]*)((\([^)]*\))*)')
    $entries = @([regex]::Matches($match.Groups[2].Value, '\([^)]*\)') | ForEach-Object { $_.Value } | Sort-Object)
    return '{0} {1} {2}' -f (Get-Owner $sddl), $match.Groups[1].Value.Contains('P'), ($entries -join '')
}

# Numbers first; what comes before a release (1.0.0-rc.1) is older than it. Below zero: the first is older.
function Compare-AgentVersion([string]$one, [string]$other) {
    $pattern = '^(\d+\.\d+\.\d+)(-.+)?$'
    $first = [regex]::Match($one, $pattern)
    $second = [regex]::Match($other, $pattern)
    if (-not $first.Success -or -not $second.Success) { return 0 }
    $numbers = ([Version]$first.Groups[1].Value).CompareTo([Version]$second.Groups[1].Value)
    if ($numbers -ne 0) { return $numbers }
    if ($first.Groups[2].Value -eq $second.Groups[2].Value) { return 0 }
    if ($first.Groups[2].Value -eq '') { return 1 }
    if ($second.Groups[2].Value -eq '') { return -1 }
    return [string]::CompareOrdinal($first.Groups[2].Value, $second.Groups[2].Value)
}

# Addresses for the firewall. `powershell -File` hands a list over as one text with commas.
function Resolve-RemoteAddress([string[]]$texts) {
    $addresses = @($texts | ForEach-Object { ([string]$_).Split(',') } | ForEach-Object { $_.Trim() } | Where-Object { $_ -ne '' })
    foreach ($address in $addresses) {
        if ($address -notmatch '^([0-9A-Fa-f:.]+(/[0-9.]+|-[0-9A-Fa-f:.]+)?|LocalSubnet|Any)$') {
            Stop-Refused "-RemoteAddress $address`: expected an address, a network such as 10.1.0.0/16, a range, LocalSubnet or Any"
        }
    }
    return , $addresses
}

# Where to listen, as the configuration writes it.
function Format-Listen([string]$address, [int]$port) {
    if ($address.Contains(':')) { return "'[$address]:$port'" }
    return "${address}:$port"
}

# Reads `listen` of `web` from what "config show" prints; $null when there is none.
function Read-Listen([string]$shown) {
    $match = [regex]::Match($shown, "(?m)^web:\r?\n  listen: '?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})'?(\s|$)")
    if (-not $match.Success) { return $null }
    return @{ address = $match.Groups[1].Value.Trim('[', ']'); port = [int]$match.Groups[2].Value }
}

# Whom to ask whether it lives: an agent that listens on all addresses listens on this machine's own.
function Get-AgentUrl($listen) {
    $address = $listen.address
    if ($address -eq '0.0.0.0') { $address = '127.0.0.1' }
    if ($address -eq '::') { $address = '::1' }
    if ($address.Contains(':')) { $address = "[$address]" }
    return "http://${address}:$($listen.port)/"
}
