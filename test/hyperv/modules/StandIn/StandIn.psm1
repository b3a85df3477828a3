# Loads the classes of the stand-in and puts a Windows host around them: drives, file cmdlets, services and the clock.
$ErrorActionPreference = 'Stop'

# The environment says which host this is; where it is not passed on, a file beside the folder of modules does.
$pointer = [IO.Path]::Combine($PSScriptRoot, '..', '..', 'stand-in.json')
if (-not $env:CHECKPOINT_STANDIN_SCENARIO -and [IO.File]::Exists($pointer)) {
    foreach ($setting in ([IO.File]::ReadAllText($pointer) | ConvertFrom-Json).PSObject.Properties) {
        [Environment]::SetEnvironmentVariable($setting.Name, $setting.Value)
    }
}

if (-not ('CheckpointStandIn.TheHost' -as [type])) {
    $sources = @([IO.Directory]::GetFiles($PSScriptRoot, '*.cs') | Sort-Object)
    $references = @([IO.Directory]::GetFiles([IO.Path]::Combine($PSHOME, 'ref'), '*.dll'))
    foreach ($name in 'System.Management.Automation', 'Microsoft.Management.Infrastructure', 'Microsoft.PowerShell.Commands.Management', 'Microsoft.PowerShell.Commands.Utility') {
        $references += [IO.Path]::Combine($PSHOME, "$name.dll")
    }
    $options = @('-langversion:latest', '-nowarn:CS0108;CS0436;CS1701;CS1702')
    # Windows Server 2016 lacks two properties, so its classes are others.
    if ([IO.File]::ReadAllText($env:CHECKPOINT_STANDIN_SCENARIO).Contains('"automaticCheckpointProperties":false')) {
        $options += '-define:NO_AUTOMATIC_CHECKPOINTS'
    }

    # Compiling takes most of a second, so the result is kept, under a name made from all that went into it.
    $cache = $env:CHECKPOINT_STANDIN_CACHE
    if (-not $cache) { $cache = [IO.Path]::GetTempPath() }
    $texts = @($sources | ForEach-Object { [IO.File]::ReadAllText($_) }) + $options + "$($PSVersionTable.PSVersion)"
    $bytes = [Text.Encoding]::UTF8.GetBytes($texts -join "`0")
    $digest = [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData($bytes)).Substring(0, 24)
    $library = [IO.Path]::Combine($cache, "stand-in-$digest.dll")
    if (-not [IO.File]::Exists($library)) {
        # Several processes may compile at once: each writes a file of its own, and the move is atomic.
        $own = [IO.Path]::Combine($cache, "$PID-$digest.dll")
        try {
            Add-Type -Path $sources -ReferencedAssemblies $references -CompilerOptions $options -OutputAssembly $own
            [IO.File]::Move($own, $library, $true)
        }
        finally { [IO.File]::Delete($own) }
    }
    Add-Type -Path $library
}

if (-not $env:COMPUTERNAME) { $env:COMPUTERNAME = [CheckpointStandIn.TheHost]::Name }

# Loaded first, for of two cmdlets with one name the one imported last is found.
Import-Module Microsoft.PowerShell.Management, Microsoft.PowerShell.Utility -Global
Import-Module ([CheckpointStandIn.TheHost].Assembly.Location)

# A qualified name finds the built-in cmdlet unless a function has exactly that name.
foreach ($name in 'Get-Item', 'Get-ChildItem', 'Test-Path', 'Get-Service', 'Get-Process') {
    Set-Item -LiteralPath "function:global:Microsoft.PowerShell.Management\$name" -Value ([scriptblock]::Create("StandIn\$name @args"))
}
Set-Item -LiteralPath 'function:global:Microsoft.PowerShell.Utility\Get-Date' -Value ([scriptblock]::Create('StandIn\Get-Date @args'))

if ($env:CHECKPOINT_STANDIN_DISKS) {
    foreach ($folder in [IO.Directory]::GetDirectories($env:CHECKPOINT_STANDIN_DISKS)) {
        $letter = [IO.Path]::GetFileName($folder)
        if ($letter.Length -eq 1 -and -not (Get-PSDrive -Name $letter -ErrorAction Ignore)) {
            $null = New-PSDrive -Name $letter -PSProvider FileSystem -Root $folder -Scope Global
        }
    }
}

Export-ModuleMember -Cmdlet Get-Item, Get-ChildItem, Test-Path, Get-Service, Get-Process, Get-Date
